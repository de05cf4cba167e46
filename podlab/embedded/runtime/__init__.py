"""The container runtime, simulated: where Kubernetes ends (CRI) and the containers begin."""
