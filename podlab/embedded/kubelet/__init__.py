"""The kubelet: Pods on a node, with simulated containers."""
