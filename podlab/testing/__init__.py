"""Notebooks as tests: a guard for `pytest --nbval`, and what may differ between two honest runs."""
