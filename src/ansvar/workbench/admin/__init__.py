"""Administrators' pages: desks, people, places, services, scripts, matrices, tokens."""
