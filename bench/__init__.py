"""Side by side: the kit with the kubectl process, the embedded cluster with kind. `make bench`."""
