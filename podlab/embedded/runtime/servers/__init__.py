"""What images are made for: web servers, and the few others that a first week meets."""
