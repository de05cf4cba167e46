"""The configuration of nginx: how it is read, what is wrong with it, what it means."""
