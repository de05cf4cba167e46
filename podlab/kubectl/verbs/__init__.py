"""kubectl's verbs, one a file."""
