"""The parts of a mail: texts, pictures inside the text, attached files.

Archives are files like any other: nothing here unpacks one, so there is no bomb to go off. What is
unpacked (TNEF, rich text, signed mail) is held against what is there, or against a limit.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message

from ansvar.conversations.parsing.charsets import charset_in_html, clean, text_of
from ansvar.conversations.parsing.flowed import joined_lines
from ansvar.conversations.parsing.headers import first_raw, words_of
from ansvar.conversations.parsing.invitations import Invitation, invitation_in
from ansvar.conversations.parsing.marks import Mark
from ansvar.conversations.parsing.naming import given_name, made_name, safe_name
from ansvar.conversations.parsing.protected import (
    PGP_CONTROL_TYPE,
    SIGNATURE_TYPES,
    SMIME_TYPES,
    signed_content,
    smime_mark,
    without_armour,
)
from ansvar.conversations.parsing.structure import (
    STATUS_TYPES,
    Part,
    TooComplex,
    parameter,
    parsed,
    parts_below,
    type_of,
)
from ansvar.conversations.parsing.tnef import unpacked
from ansvar.conversations.parsing.transfer import files_within

LONGEST_TEXT = 1_000_000
"""Characters of all texts together that are read; the whole stays in the stored mail."""
_DEEPEST_SIGNED = 3
_MOST_OPEN_TAGS = 3_000
"""Reading HTML takes time that grows with the square of what is open at once."""
_MOST_TAGS = 50_000
# Not those that have no end, or whose end is commonly left out.
_TAG = re.compile(
    r"<(/?)(?!(?:br|hr|img|p|li|td|tr|th|meta|link|input|col|wbr|area|base|option|dd|dt)\b)[a-zA-Z]",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
_TNEF_NAMES = {"winmail.dat", "win.dat"}
_TNEF_BEGIN = b"\x78\x9f\x3e\x22"
_LONGEST_ID = 250


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """A file that came with a mail."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    """Set when the HTML may show it in its place."""
    is_signature: bool = False
    """It is there for programs: a signature, or what tells them how to decrypt."""


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """What is to be read, and what is to be kept beside it."""

    plain: str
    html: str
    files: tuple[IncomingFile, ...]
    charsets: tuple[str, ...] = ()
    """All that are named: headers with raw bytes are most likely written in one of them."""
    marks: tuple[Mark, ...] = ()
    invitation: Invitation | None = None


def bodies_of(message: Message) -> Bodies:
    """Sort the parts of a mail into text, HTML and files.

    Raises: TooComplex.
    """
    sorter = _Sorter(_charsets(message))
    for part in _leaves(message):
        sorter.take(part)
    return sorter.bodies()


def _shown_apart(file: IncomingFile, html: str) -> IncomingFile:
    """Return a file without its Content-ID unless it is a picture that the HTML, lowered, names.

    Outlook and Apple Mail give one to every file: an attached document must not pass for a
    picture inside the text, since those are not listed.
    """
    if not file.content_id:
        return file
    is_named = f"cid:{file.content_id}".lower() in html
    is_picture = file.media_type.startswith("image/")
    return file if is_named and is_picture else replace(file, content_id="")


class _Sorter:
    def __init__(self, charsets: tuple[str, ...], depth: int = 0) -> None:
        self._charsets = charsets
        self._depth = depth
        self._length = 0
        self._tags = 0
        self._plain: list[str] = []
        self._html: list[str] = []
        self._files: list[IncomingFile] = []
        self._marks: dict[Mark, None] = {}
        self._places: dict[str, str] = {}
        self._invitation: Invitation | None = None

    def take(self, part: Message) -> None:
        media_type = type_of(part)
        if media_type in {"text/plain", "text/html"} and not _is_file(part, self._charsets):
            self._take_text(part, media_type)
        elif media_type.startswith("multipart/"):
            # Its parts cannot be told apart, but it may well be read.
            self._take_text(part, "text/plain")
        else:
            self._take_file(part, media_type)

    def bodies(self) -> Bodies:
        html = "\n<hr>\n".join(text for text in self._html if text.strip())
        for place, content_id in self._places.items():
            for quote in "\"'":
                html = html.replace(f"{quote}{place}{quote}", f"{quote}cid:{content_id}{quote}")
        lowered = html.lower()
        return Bodies(
            plain="\n\n".join(text for text in self._plain if text.strip()),
            html=html,
            files=tuple(_shown_apart(file, lowered) for file in self._files),
            charsets=self._charsets,
            marks=tuple(self._marks),
            invitation=self._invitation,
        )

    def _mark(self, mark: Mark | None) -> None:
        if mark is not None:
            self._marks[mark] = None

    def _take_text(self, part: Message, media_type: str) -> None:
        raw = _content(part)
        if media_type == "text/html":
            charset = parameter(part, "charset") or charset_in_html(raw)
            self._take_html(self._decoded(raw, charset))
            return
        inline, raw = files_within(raw)
        for file in inline:
            self._mark(Mark.INLINE_FILES)
            name = safe_name(words_of(text_of(file.name, "")))
            self._keep(name or "file.bin", "application/octet-stream", file.content)
        text, mark = without_armour(self._decoded(raw, parameter(part, "charset")))
        self._mark(mark)
        if parameter(part, "format") == "flowed":
            text = joined_lines(text, delete_space=parameter(part, "delsp") == "yes")
        self._plain.append(text)

    def _take_html(self, html: str) -> None:
        self._tags += html.count("<")
        if self._tags > _MOST_TAGS or _is_too_deep(html):
            self._mark(Mark.MENDED)
            self._plain.append(_ANY_TAG.sub(" ", html))
        else:
            self._html.append(html)

    def _decoded(self, raw: bytes, charset: str) -> str:
        room = max(0, LONGEST_TEXT - self._length)
        text = text_of(raw[: 4 * room], charset, self._charsets)
        if len(raw) > 4 * room or len(text) > room:
            self._mark(Mark.CUT)
        self._length += min(len(text), room)
        return text[:room]

    def _take_file(self, part: Message, media_type: str) -> None:
        content = _file_content(part, media_type)
        given = given_name(part, self._charsets)
        if not content and not given:
            return
        name = given or made_name(part, self._charsets)
        content_id = words_of(first_raw(part, "Content-ID").strip("<> "))[:_LONGEST_ID]
        place = first_raw(part, "Content-Location")
        if place and not content_id and media_type.startswith("image/"):
            content_id = hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:32]
            self._places[place] = content_id
        self._mark(SIGNATURE_TYPES.get(media_type))
        is_control = media_type == PGP_CONTROL_TYPE
        if is_control:
            self._mark(Mark.ENCRYPTED_PGP)
        is_signature = is_control or media_type in SIGNATURE_TYPES
        self._keep(name, media_type, content, content_id=content_id, is_signature=is_signature)
        self._look_into(part, name, content)

    def _keep(
        self,
        name: str,
        media_type: str,
        content: bytes,
        *,
        content_id: str = "",
        is_signature: bool = False,
    ) -> None:
        self._files.append(
            IncomingFile(
                name=name,
                media_type=media_type,
                content=content,
                content_id=content_id,
                is_signature=is_signature,
            )
        )

    def _look_into(self, part: Message, name: str, content: bytes) -> None:
        media_type = type_of(part)
        is_calendar = media_type == "text/calendar" or name.lower().endswith(".ics")
        if is_calendar and self._invitation is None:
            self._invitation = invitation_in(content, parameter(part, "charset"))
            self._mark(Mark.INVITATION if self._invitation else None)
        elif media_type in SMIME_TYPES:
            self._take_smime(content, parameter(part, "smime-type"))
        elif media_type in _TNEF_TYPES or (
            name.lower() in _TNEF_NAMES and content.startswith(_TNEF_BEGIN)
        ):
            self._take_tnef(content)

    def _take_smime(self, content: bytes, said: str) -> None:
        mark = smime_mark(content, said)
        self._mark(mark)
        inside = signed_content(content) if mark is Mark.SIGNED_SMIME else b""
        if inside and self._depth < _DEEPEST_SIGNED:
            message = parsed(inside)
            self._depth += 1
            self._charsets += _charsets(message)
            for part in _leaves(message):
                self.take(part)

    def _take_tnef(self, content: bytes) -> None:
        packed = unpacked(content)
        self._mark(Mark.TNEF if packed.is_whole else Mark.BROKEN_TNEF)
        if not any(text.strip() for text in self._plain + self._html):
            self._plain.append(clean(packed.text)[:LONGEST_TEXT])
            self._html.append(clean(packed.html)[:LONGEST_TEXT])
        for file in packed.files:
            if file.content:
                self._keep(
                    safe_name(words_of(file.name)) or "file.bin",
                    file.media_type.lower()[:120] or "application/octet-stream",
                    file.content,
                    content_id=file.content_id[:_LONGEST_ID],
                )


def _is_too_deep(html: str) -> bool:
    """Tell whether more is open at once than in any honest page."""
    is_open = 0
    for tag in _TAG.finditer(html):
        is_open = max(0, is_open - 1) if tag[1] else is_open + 1
        if is_open > _MOST_OPEN_TAGS:
            return True
    return False


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold content, in order."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        # An attached mail is a file, not more of this mail's text.
        if part.is_multipart() and not type_of(part).startswith("message/"):
            waiting.extend(reversed(parts_below(part)))
        else:
            yield part


def _charsets(message: Message) -> tuple[str, ...]:
    """Return the charsets that a mail and the mails in it name, in order."""
    named = (parameter(part, "charset").strip("\"' ") for part in message.walk())
    return tuple(dict.fromkeys(one for one in named if one))


def _is_file(part: Message, charsets: tuple[str, ...]) -> bool:
    disposition = first_raw(part, "Content-Disposition").lower().partition(";")[0].strip()
    return disposition == "attachment" or bool(given_name(part, charsets))


def _content(part: Message) -> bytes:
    """Return the bytes of a part; a transfer encoding that lies leaves them as they came."""
    return part.content if isinstance(part, Part) else b""


def _file_content(part: Message, media_type: str) -> bytes:
    """Return the bytes of a file; the line ends that a text was given for the way are undone."""
    content = _content(part)
    encoding = first_raw(part, "Content-Transfer-Encoding").lower()
    is_text = media_type.startswith("text/") or media_type in STATUS_TYPES
    if is_text and not ("base64" in encoding or "binary" in encoding):
        return content.replace(b"\r\n", b"\n")
    return content


__all__ = [
    "Bodies",
    "IncomingFile",
    "TooComplex",
    "bodies_of",
    "parameter",
    "type_of",
]
