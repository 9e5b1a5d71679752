"""Tickets from first word to closing: states, custody, notes, links."""
