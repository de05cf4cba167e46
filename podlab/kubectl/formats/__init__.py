"""How objects are printed."""
