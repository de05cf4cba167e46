"""What the kubelet reports of a Pod."""
