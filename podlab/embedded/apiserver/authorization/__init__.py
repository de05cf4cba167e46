"""Who may do what: Role-based access control, and who somebody may pretend to be."""
