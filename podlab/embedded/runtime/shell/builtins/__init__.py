"""What a shell does itself."""
