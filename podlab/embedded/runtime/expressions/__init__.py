"""Languages inside commands: arithmetic, shell patterns, regular expressions."""
