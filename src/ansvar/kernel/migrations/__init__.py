"""Changes of the tables of `ansvar.kernel`."""
