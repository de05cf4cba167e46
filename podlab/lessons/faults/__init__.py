"""Broken Pods to find out about and to repair: one value each."""
