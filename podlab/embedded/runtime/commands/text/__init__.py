"""Commands that read and write text."""
