"""Ansvar, the service desk with one answerable owner for every ticket."""

__version__ = "0.1.0"
