"""Service levels, the clocks that run by them, and what is done before a promise is broken."""
