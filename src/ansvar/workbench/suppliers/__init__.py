"""Pages about suppliers: what is with them, what they are asked, how they are reached."""
