"""A Kubernetes cluster in one process: its containers are simulated, all else is as on a real one."""
