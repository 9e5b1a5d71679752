"""What old mail and old logs mean: when it was, what belongs together, who did what. Pure."""

from ansvar.importers.decisions.events import Event, Remark, Remarks, RowReader
from ansvar.importers.decisions.grouping import Head, Threads, digest
from ansvar.importers.decisions.mapping import BadMapping, LogMapping, Standing
from ansvar.importers.decisions.outcome import Outcome
from ansvar.importers.decisions.report import Tally
from ansvar.importers.decisions.retracing import CaseStory, Tracer
from ansvar.importers.decisions.roles import Insiders, LeftOut, Line, Said, Story, story_of
from ansvar.importers.decisions.timing import closing_of, said_at

__all__ = [
    "BadMapping",
    "CaseStory",
    "Event",
    "Head",
    "Insiders",
    "LeftOut",
    "Line",
    "LogMapping",
    "Outcome",
    "Remark",
    "Remarks",
    "RowReader",
    "Said",
    "Standing",
    "Story",
    "Tally",
    "Threads",
    "Tracer",
    "closing_of",
    "digest",
    "said_at",
    "story_of",
]
