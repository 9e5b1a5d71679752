"""Changes of the tables of `ansvar.people`."""
