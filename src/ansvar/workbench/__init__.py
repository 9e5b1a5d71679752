"""Pages for agents, owners, supervisors and administrators."""
