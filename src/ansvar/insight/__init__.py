"""What the figures of a desk say; reads only."""
