"""All that writes imports."""

from ansvar.importers.commands.runs import (
    begin_importing,
    begin_run,
    finish_importing,
    finish_survey,
    keep_surveyed,
    leave_out,
    note_threads,
)
from ansvar.importers.commands.telling import tell_conversations
from ansvar.importers.commands.undoing import Undone, undo_import

__all__ = [
    "Undone",
    "begin_importing",
    "begin_run",
    "finish_importing",
    "finish_survey",
    "keep_surveyed",
    "leave_out",
    "note_threads",
    "tell_conversations",
    "undo_import",
]
