"""Whether a Pod fits on a node, and beside whom: asked by scheduler, kubelet and controllers."""
