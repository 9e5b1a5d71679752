"""Changes of the tables of `ansvar.conversations`."""
