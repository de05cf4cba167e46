"""Objects in the shape that the client asked for."""
