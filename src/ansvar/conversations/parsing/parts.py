"""The parts of a mail: texts, pictures inside the text, attached files."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from ansvar.conversations.parsing.headers import first_raw, text_of, words_of

DEEPEST = 20
MOST_PARTS = 400
LONGEST_NAME = 200
LONGEST_TEXT = 1_000_000
"""Characters of one text part that are read; the whole stays in the stored mail."""

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}\Z")
_UNSAFE_IN_NAMES = re.compile(r"[\\/\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]+")
_EXTENSIONS = {"message/rfc822": ".eml", "text/calendar": ".ics", "text/html": ".html"}


class TooComplex(Exception):
    """A mail has more parts, or deeper ones, than any honest mail."""


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """A file that came with a mail."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    """Set when the HTML may show it in its place."""


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """What is to be read, and what is to be kept beside it."""

    plain: str
    html: str
    files: tuple[IncomingFile, ...]
    charset: str = ""
    """Of the first text: headers with raw bytes are most likely written in it too."""


def bodies_of(message: Message) -> Bodies:
    """Sort the parts of a mail into text, HTML and files.

    Raises: TooComplex.
    """
    plain: list[str] = []
    html: list[str] = []
    files: list[IncomingFile] = []
    charset = ""
    for part in _leaves(message):
        media_type = type_of(part)
        charset = charset or _charset(part)
        if media_type == "text/plain" and not _is_file(part):
            plain.append(_text(part))
        elif media_type == "text/html" and not _is_file(part):
            html.append(_text(part))
        else:
            files.append(_file(part, media_type, len(files) + 1))
    return Bodies(
        plain="\n\n".join(text for text in plain if text.strip()),
        html="\n<hr>\n".join(text for text in html if text.strip()),
        files=tuple(file for file in files if file.content),
        charset=charset,
    )


def type_of(part: Message) -> str:
    """Return the media type of a part, `application/octet-stream` for nonsense."""
    with contextlib.suppress(Exception):  # broken headers raise all kinds
        media_type = part.get_content_type().lower()
        if _TYPE.match(media_type):
            return media_type
    return "application/octet-stream"


def parameter(part: Message, name: str) -> str:
    """Return a parameter of the Content-Type in lower case, or nothing."""
    with contextlib.suppress(Exception):
        value = part.get_param(name)
        if isinstance(value, tuple):
            value = value[2]
        return str(value or "").lower()
    return ""


def delivery_report(message: Message) -> tuple[bool, str]:
    """Return whether a bounce says that delivery has failed for good, and why (RFC 3464)."""
    for part in message.walk():
        if type_of(part) != "message/delivery-status":
            continue
        for group in _below(part):
            if first_raw(group, "Action").lower() == "failed":
                why = first_raw(group, "Diagnostic-Code") or first_raw(group, "Status")
                return True, words_of(why)
    return False, ""


def embedded_headers(message: Message) -> Message | None:
    """Return the header of the mail that a bounce gives back."""
    for part in _leaves(message):
        media_type = type_of(part)
        if media_type == "message/rfc822" and (inner := _below(part)):
            return inner[0]
        if media_type == "text/rfc822-headers":
            return _headers_in(_content(part))
    return None


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold content, in order."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            raise TooComplex
        # An attached mail is a file, not more of this mail's text.
        if part.is_multipart() and type_of(part) != "message/rfc822":
            below = [(one, depth + 1) for one in _below(part)]
            waiting.extend(reversed(below))
        else:
            yield part


def _is_file(part: Message) -> bool:
    disposition = first_raw(part, "Content-Disposition").lower().partition(";")[0].strip()
    return disposition == "attachment" or bool(_name(part))


def _text(part: Message) -> str:
    return text_of(_content(part), _charset(part))[:LONGEST_TEXT]


def _charset(part: Message) -> str:
    return parameter(part, "charset").strip("\"' ")


def _content(part: Message) -> bytes:
    """Return the bytes of a part; a transfer encoding that lies leaves them as they came."""
    if part.is_multipart():
        inner = _below(part)
        return _as_bytes(inner[0]) if inner else b""
    with contextlib.suppress(Exception):
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            return decoded
    return b""


def _below(part: Message) -> list[Message]:
    """Return the parts of a part; asked of one without parts the library decodes its text."""
    payload = part.get_payload() if part.is_multipart() else []
    return [one for one in payload if isinstance(one, Message)]


def _as_bytes(message: Message) -> bytes:
    written = BytesIO()
    with contextlib.suppress(Exception):
        BytesGenerator(written, mangle_from_=False).flatten(message)
    return written.getvalue()


def _file(part: Message, media_type: str, number: int) -> IncomingFile:
    content_id = first_raw(part, "Content-ID").strip("<> ")[:250]
    return IncomingFile(
        name=_name(part) or _made_name(part, media_type, number),
        media_type=media_type,
        content=_content(part),
        content_id=words_of(content_id),
    )


def _name(part: Message) -> str:
    name = ""
    with contextlib.suppress(Exception):
        name = part.get_filename() or ""
    # A path says nothing here and could harm on disk; so could marks that turn the writing round.
    name = _UNSAFE_IN_NAMES.sub("_", words_of(name)).strip(" ._")
    if len(name) > LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[:180]}{dot}{extension[:19]}" if dot else name[:LONGEST_NAME]
    return name


def _made_name(part: Message, media_type: str, number: int) -> str:
    if media_type == "message/rfc822":
        for inner in _below(part)[:1]:
            subject = _UNSAFE_IN_NAMES.sub("_", words_of(first_raw(inner, "Subject")))[:100]
            if subject.strip(" ._"):
                return f"{subject.strip(' ._')}.eml"
    subtype = re.sub(r"[^a-z0-9]", "", media_type.partition("/")[2])[:10]
    return f"part-{number}{_EXTENSIONS.get(media_type, '.' + (subtype or 'bin'))}"


def _headers_in(raw: bytes) -> Message:
    return message_from_bytes(raw, policy=policy.default)
