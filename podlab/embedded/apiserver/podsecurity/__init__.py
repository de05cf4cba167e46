"""Pod Security Standards: what Pods of each level may not ask for."""
