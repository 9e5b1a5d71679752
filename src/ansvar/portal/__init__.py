"""Requesters' pages: report, follow and answer one's own matters, and read service cards."""
