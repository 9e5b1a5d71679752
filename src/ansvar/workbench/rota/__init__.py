"""Who is here, who is on duty, and shifts that are handed over."""
