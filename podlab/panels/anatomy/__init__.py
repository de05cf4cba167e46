"""PodAnatomy: one Pod drawn as what it is."""
