"""Changes of the tables of `ansvar.catalogue`."""
