"""`kubectl describe`: an object and what belongs to it, section by section, as text."""
