"""Servers and loads that the pages of Kubernetes' documentation start."""
