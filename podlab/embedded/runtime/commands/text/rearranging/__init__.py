"""Texts in another order or other pieces: fmt, split, csplit, tsort."""
