"""What changes or refuses an object before it is stored, apart from its kind's own rules: one plugin a module."""
