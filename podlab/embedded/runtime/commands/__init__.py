"""The commands that a container's shell can call."""
