"""nginx: its configuration files are read, and what they say is done."""
