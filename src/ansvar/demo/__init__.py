"""A demo organisation, made through the commands."""
