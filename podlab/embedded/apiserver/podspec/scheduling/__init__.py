"""Where a Pod wants to be scheduled: affinity, spreading, tolerations, gates."""
