"""What the product tells those who work at a desk: on every page, and elsewhere if they wish."""
