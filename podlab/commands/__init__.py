"""The commands of `podlab`, one module each; they print, everything below them returns."""
