"""What may stand in a status."""
