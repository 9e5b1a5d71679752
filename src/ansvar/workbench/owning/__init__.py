"""Pages of service owners: their board, their rules, their letters, and services without one."""
