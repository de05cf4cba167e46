"""What every kind's validation is made of: field errors, names, metadata."""
