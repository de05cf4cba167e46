"""Controllers: who brings which Pods back, as a live tree."""
