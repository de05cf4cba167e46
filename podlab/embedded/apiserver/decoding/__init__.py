"""Request bodies into objects."""
