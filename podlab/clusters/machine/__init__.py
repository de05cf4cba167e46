"""The machine under a cluster: its commands and files, locks, and servers that can be reached."""
