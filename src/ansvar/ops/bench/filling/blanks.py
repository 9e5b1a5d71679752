"""Blanks: what each ticket has of its own, where it stands in texts and JSON."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from ansvar.conversations.models import OUR_IDS
from ansvar.ops.bench.filling.copying import escaped
from ansvar.ops.bench.filling.gathering import Told, Uncastable
from ansvar.people.queries import email_of


class Blank(NamedTuple):
    """Something that each ticket cast from a mould has of its own."""

    kind: str
    """`id`, `day`, `moment` or `own`."""
    key: Any


Piece = str | Blank

MARK: Final = re.compile(r"zq(\w+?)qz")
"""How lives write a blank into words."""
_OUR_ID: Final = re.compile(rf"({re.escape(OUR_IDS)})(\d+)(\.[0-9a-f]{{4}})[0-9a-f]{{12}}(?=@)")
"""The Message-ID of a mail of ours, whose last digits are drawn by lot."""
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d.*)?")
# Characters that nobody's words hold stand for blanks until the JSON is written.
_OPEN, _SHUT = "\ue000", "\ue001"
_TOKEN: Final = re.compile(f'"{_OPEN}n(\\d+){_SHUT}"|{_OPEN}(\\d+){_SHUT}')


class Blanks:
    """The blanks of one told ticket, each listed once; texts come out in the form of COPY."""

    def __init__(self, told: Told, places: Mapping[tuple[str, str], int]) -> None:
        self._places = places
        self._tables = {label for label, _ in places}
        self.listed: dict[str, dict[Any, int]] = {
            kind: {} for kind in ("id", "day", "moment", "own")
        }
        self._words = {
            told.reference: "reference",
            told.requester.name: "requester_name",
            told.requester.name.partition(" ")[0]: "requester_first",
            email_of(told.requester): "requester_email",
        }
        longest_first = sorted(self._words, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in longest_first)
        self._pattern = re.compile(f"{MARK.pattern}|({words})(?!\\d)|{_OUR_ID.pattern}")

    def place_of(self, blank: Blank) -> int:
        """Return the place of a blank in the list of all, ids first."""
        place = self.listed[blank.kind][blank.key]
        for kind, known in self.listed.items():
            if kind == blank.kind:
                break
            place += len(known)
        return place

    def own(self, name: str) -> Blank:
        """Leave open what has a name, such as `requester_id`."""
        return self._blank("own", name)

    def number(self, label: str, value: str) -> Blank:
        """Leave the number of a row of the ticket open.

        Raises: Uncastable for a row of another.
        """
        place = self._places.get((label, value))
        if place is None:
            raise Uncastable(f"{label} {value} is not of the ticket that speaks of it.")
        return self._blank("id", (label, place))

    def knows(self, label: str) -> bool:
        """Tell whether rows of a table belong to the ticket."""
        return label in self._tables

    def micros(self, value: int) -> Blank:
        """Leave a moment in microseconds since 1970 open."""
        return self._blank("moment", value)

    def moment(self, value: str) -> list[Piece]:
        """Return a moment as it is written, with its day left open."""
        day = date.fromisoformat(value[:10])
        return [self._blank("day", day.toordinal()), value[10:]]

    def text(self, value: str) -> list[Piece]:
        """Return words with the blanks in them."""
        return [
            piece if isinstance(piece, Blank) else escaped(piece) for piece in self._pieces(value)
        ]

    def json(self, value: Any) -> list[Piece]:
        """Return a JSON value with the blanks in it."""
        kept: list[Blank] = []

        def token(blank: Blank, sign: str) -> str:
            kept.append(blank)
            return f"{_OPEN}{sign}{len(kept) - 1}{_SHUT}"

        def written(one: Any) -> Any:
            if isinstance(one, Blank):
                return token(one, "n")
            if isinstance(one, str):
                pieces = self.moment(one) if _ISO.fullmatch(one) else self._pieces(one)
                return "".join(
                    token(piece, "") if isinstance(piece, Blank) else piece for piece in pieces
                )
            if isinstance(one, dict):
                return {key: written(each) for key, each in one.items()}
            if isinstance(one, list):
                return [written(each) for each in one]
            return one

        text = json.dumps(written(value), ensure_ascii=False)
        pieces: list[Piece] = []
        end = 0
        for found in _TOKEN.finditer(text):
            pieces += [escaped(text[end : found.start()]), kept[int(found[1] or found[2])]]
            end = found.end()
        return [*pieces, escaped(text[end:])]

    def _pieces(self, value: str) -> list[Piece]:
        pieces: list[Piece] = []
        end = 0
        for found in self._pattern.finditer(value):
            pieces.append(value[end : found.start()])
            if found[3]:
                pieces += [found[3], self.number("conversations.OutboundMail", found[4])]
                pieces += [found[5], self.own("salt")]
            else:
                pieces.append(self.own(found[1] or self._words[found[2]]))
            end = found.end()
        return [*pieces, value[end:]]

    def _blank(self, kind: str, key: Any) -> Blank:
        known = self.listed[kind]
        known.setdefault(key, len(known))
        return Blank(kind, key)
