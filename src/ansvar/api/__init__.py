"""The interface for programs: the same commands and queries as the pages, over HTTP and JSON."""
