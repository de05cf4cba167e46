"""ManifestEditor: a manifest, and what the cluster would say to it."""
