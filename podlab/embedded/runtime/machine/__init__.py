"""What a process in a container has of its machine: children, signals, streams, an identity."""
