"""What may keep podlab from working on this machine."""
