"""What quotas count: shared by the admission plugin that enforces and the controller that recalculates."""
