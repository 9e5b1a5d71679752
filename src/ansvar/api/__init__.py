"""The REST interface: parse, call a command, return."""
