"""Command line, embedded database, health: what keeps Ansvar running."""
