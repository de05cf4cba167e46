"""Paths besides those of objects: discovery, documents, health, and subresources."""
