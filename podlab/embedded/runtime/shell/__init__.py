"""A small shell: bash's grammar from a library, a tested part of its meaning."""
