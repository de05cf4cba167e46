"""Explain: what is going on with one Pod."""
