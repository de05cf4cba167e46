"""What a kubelet says of its machine. Upstream: pkg/kubelet/nodestatus"""
