"""Changes of the tables of `ansvar.tickets`."""
