"""For each lesson: the hints that fit what is wrong, and the cells that make its checks pass."""
