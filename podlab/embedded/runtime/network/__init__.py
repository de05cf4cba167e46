"""The network between containers: namespaces, connections, HTTP over them, names."""
