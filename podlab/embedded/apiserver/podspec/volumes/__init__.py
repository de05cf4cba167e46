"""What a Pod's volumes may be: their sources, projections, claims and mounts."""
