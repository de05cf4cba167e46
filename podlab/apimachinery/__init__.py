"""The ground that the kit and the embedded cluster stand on: pure functions, named as upstream's packages."""
