"""Where old mail lies: an mbox file, a Maildir, a folder of files, an IMAP server."""

from ansvar.importers.sources.finding import SourceMissing, source_at
from ansvar.importers.sources.source import Found, Source

__all__ = ["Found", "Source", "SourceMissing", "source_at"]
