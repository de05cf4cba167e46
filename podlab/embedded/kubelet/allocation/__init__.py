"""What of the node a Pod gets. Upstream: pkg/kubelet/allocation"""
