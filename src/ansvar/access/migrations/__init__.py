"""Changes of the tables of `ansvar.access`."""
