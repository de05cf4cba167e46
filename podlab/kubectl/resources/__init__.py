"""What a command line or a manifest names: where it is on the server, how it is read and merged."""
