"""Changes of the tables of `ansvar.rota`."""
