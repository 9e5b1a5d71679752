"""Tables of `ansvar.importers`."""
