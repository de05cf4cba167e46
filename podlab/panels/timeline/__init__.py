"""Timeline: one Pod's life on a time axis."""
