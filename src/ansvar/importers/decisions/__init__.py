"""What a heap of old mail means: when it was said, what belongs together, who is who. Pure."""

from ansvar.importers.decisions.grouping import Head, Threads, digest
from ansvar.importers.decisions.report import Tally
from ansvar.importers.decisions.roles import Insiders, LeftOut, Line, Said, Story, story_of
from ansvar.importers.decisions.timing import closing_of, said_at

__all__ = [
    "Head",
    "Insiders",
    "LeftOut",
    "Line",
    "Said",
    "Story",
    "Tally",
    "Threads",
    "closing_of",
    "digest",
    "said_at",
    "story_of",
]
