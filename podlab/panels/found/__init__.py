"""What a check has found, with its buttons."""
