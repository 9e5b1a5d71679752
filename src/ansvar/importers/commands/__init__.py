"""All that writes imports."""

from ansvar.importers.commands.making_names import make_named
from ansvar.importers.commands.replaying import replay_cases
from ansvar.importers.commands.runs import (
    begin_importing,
    begin_log,
    begin_run,
    finish_importing,
    finish_log,
    finish_survey,
    keep_surveyed,
    leave_out,
    note_outcome,
    note_threads,
)
from ansvar.importers.commands.telling import tell_conversations
from ansvar.importers.commands.undoing import Undone, undo_import

__all__ = [
    "Undone",
    "begin_importing",
    "begin_log",
    "begin_run",
    "finish_importing",
    "finish_log",
    "finish_survey",
    "keep_surveyed",
    "leave_out",
    "make_named",
    "note_outcome",
    "note_threads",
    "replay_cases",
    "tell_conversations",
    "undo_import",
]
