"""Which kind of event log a file is, by its ending."""

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from ansvar.importers.decisions import LogMapping
from ansvar.importers.sources.finding import SourceMissing
from ansvar.importers.sources.logs import EventLog, LogNotFitting, Rows
from ansvar.importers.sources.packing import PACKINGS
from ansvar.importers.sources.sheets import Sheet
from ansvar.importers.sources.tables import SeparatedValues
from ansvar.importers.sources.traces import Traces

_KINDS: dict[str, Callable[[Path, LogMapping], Rows]] = {
    ".csv": SeparatedValues,
    ".tsv": SeparatedValues,
    ".txt": SeparatedValues,
    ".xes": Traces,
    ".xlsx": Sheet,
    ".xlsm": Sheet,
}


def log_at(text: str, mapping: LogMapping) -> EventLog:
    """Return the log at a path.

    Raises: SourceMissing; LogNotFitting for a kind of file that is not read.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        raise SourceMissing(_("{path} is a folder; name a file in it.").format(path=path))
    if not path.is_file():
        raise SourceMissing(_("There is no file {path}.").format(path=path))
    path = path.resolve()
    names = [suffix.lower() for suffix in path.suffixes]
    unpacked = [suffix for suffix in names if suffix not in PACKINGS]
    kind = _KINDS.get(unpacked[-1]) if unpacked else None
    if kind is None:
        raise LogNotFitting(
            _(
                "{path} is no log that can be read: a .csv, .tsv or .xes file, packed as .xz, .gz "
                "or .bz2 or not, or an .xlsx file. Save it as one of these."
            ).format(path=path)
        )
    if kind is Sheet and names[-1] in PACKINGS:
        raise LogNotFitting(_("{path} is packed twice: unpack it first.").format(path=path))
    return EventLog(path, mapping, kind(path, mapping))
