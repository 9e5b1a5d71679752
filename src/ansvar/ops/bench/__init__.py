"""The bench: a desk of a given size, and what the product costs on it."""
