"""Pages for whoever looks after the installation: failed work, journal, mail."""
