"""Clusters of kind, and the container engine under them."""
