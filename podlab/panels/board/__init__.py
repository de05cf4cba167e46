"""PodBoard: a namespace's Pods as live rows."""
