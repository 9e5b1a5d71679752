"""Event logs in XES, the format in which tools for process mining exchange them (IEEE 1849)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from ansvar.importers.decisions import LogMapping
from ansvar.importers.sources.logs import LogNotFitting, Row
from ansvar.importers.sources.packing import unpacked

OF_CASE = "case:"
"""Stands before the key of what is said of the whole case, as in `case:concept:name`."""
_LISTS = ("list", "container")


class Traces:
    """A file with a trace for each case, and in it its events; the columns are their keys."""

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path = path
        self.wanted = sorted(mapping.wanted_columns)
        self._columns: dict[str, None] = {}

    @property
    def columns(self) -> Sequence[str]:
        """The keys that were met."""
        return tuple(self._columns)

    def rows(self) -> Iterator[Row]:
        """Yield all events.

        Raises: LogNotFitting.
        """
        with unpacked(self.path) as file:
            try:
                for number, said in enumerate(self._events(file), start=1):
                    yield Row(
                        number=number, cells={name: said.get(name, "") for name in self.wanted}
                    )
            except ParseError as error:
                raise LogNotFitting(
                    _("{path} is no whole XES file ({error}): export it again.").format(
                        path=self.path, error=error
                    )
                ) from error
            except DefusedXmlException as error:
                raise LogNotFitting(
                    _(
                        "{path} defines a document type or entities of its own. No log needs them "
                        "and files attack with them: take them out, or export it again."
                    ).format(path=self.path)
                ) from error

    def _events(self, file: IO[bytes]) -> Iterator[dict[str, str]]:
        """Yield what is said of each event and of its case; what was read is let go of at once."""
        path: list[Element] = []
        case: dict[str, str] = {}
        for happened, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            name = _name(element)
            if happened == "start":
                self._require_log(path, name)
                if name == "event":
                    case |= self._noted(_said_in(path[-1], OF_CASE)) if len(path) > 1 else {}
                    del path[-1][:]
                path.append(element)
                continue
            path.pop()
            if name == "event":
                yield case | self._noted(_said_in(element))
                del path[-1][:]
            elif name == "trace":
                case = {}
                del path[-1][:]

    def _require_log(self, path: Sequence[Element], name: str) -> None:
        if not path and name != "log":
            raise LogNotFitting(
                _("{path} is no XES file: it is a <{name}>, not a <log>.").format(
                    path=self.path, name=name
                )
            )

    def _noted(self, said: dict[str, str]) -> dict[str, str]:
        self._columns.update(dict.fromkeys(said))
        return said


def _said_in(element: Element, prefix: str = "") -> dict[str, str]:
    """Return the attributes of a case or an event, by key."""
    return {
        prefix + key: _value(child)
        for child in element
        if (key := child.get("key")) and _name(child) not in {"trace", "event"}
    }


def _value(element: Element) -> str:
    """Return what an attribute says; of a list all that is in it."""
    if _name(element) not in _LISTS:
        return element.get("value", "")
    values = element.find("{*}values")
    inner = element if values is None else values
    return ", ".join(value for child in inner if (value := _value(child)))


def _name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]
