"""Roles and what they allow: deny by default."""
