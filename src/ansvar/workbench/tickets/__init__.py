"""Pages of one ticket, a module per kind of change."""
