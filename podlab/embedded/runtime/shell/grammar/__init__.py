"""What a script says: words, commands, and where it cannot be read."""
