"""Up: podlab up as a button."""
