"""What a command line or a manifest names, where it is on the server, and how it is sent there."""
