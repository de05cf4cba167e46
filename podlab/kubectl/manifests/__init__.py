"""What a person wrote in files, as objects, and how objects are sent to the server."""
