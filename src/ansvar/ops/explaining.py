"""`ansvar mail explain`: mails in files, folders and mailbox files, each a line of JSON."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from ansvar.ops import console

STANDARD_INPUT = "-"
_ENVELOPE = re.compile(rb"From \S.*\d:\d\d.*\d{4}")
_FIELD = re.compile(rb"[!-9;-~]{1,80}:")


def explain_alone(names: Iterable[str], *, is_pretty: bool = False) -> bool:
    """Print each mail as a JSON object; return whether all files could be opened."""
    if not settings.configured:
        # No database, no templates, no other app: this answers within the time of its imports.
        settings.configure(USE_I18N=False)
    from ansvar.conversations.explaining import of_a_stranger  # noqa: PLC0415  # needs settings

    return _explain(names, of_a_stranger, is_pretty=is_pretty)


def explain_against_database(names: Iterable[str], *, is_pretty: bool = False) -> bool:
    """Do the same with what the installation knows: sender, thread and ticket."""
    from ansvar.conversations.consulting import against_database  # noqa: PLC0415  # needs Django

    return _explain(names, against_database, is_pretty=is_pretty)


def _explain(names: Iterable[str], consult: Any, *, is_pretty: bool) -> bool:
    from ansvar.conversations.explaining import explained  # noqa: PLC0415  # needs the settings
    from ansvar.conversations.parsing.reading import LARGEST  # noqa: PLC0415  # as above

    all_open = True
    for name in names:
        try:
            for source, raw in _mails(name, LARGEST):
                _print({"source": source, **explained(raw, consult=consult)}, is_pretty=is_pretty)
        except BrokenPipeError:
            # Who reads along has seen enough. What is still buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return True
        except OSError as error:
            console.refuse(f"{name} cannot be read: {error.strerror or error}.")
            all_open = False
    return all_open


def _print(told: dict[str, Any], *, is_pretty: bool) -> None:
    line = json.dumps(told, ensure_ascii=False, indent=2 if is_pretty else None)
    # File names may hold bytes that are no characters, and terminals may know no UTF-8.
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _mails(name: str, largest: int) -> Iterator[tuple[str, bytes]]:
    """Yield the mails of a file or folder with where they come from."""
    if name == STANDARD_INPUT:
        yield from _in_file(sys.stdin.buffer, name, largest)
    elif Path(name).is_dir():
        for path in sorted(Path(name).rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(name).parts)
            if path.is_file() and not hidden:
                with path.open("rb") as file:
                    yield from _in_file(file, str(path), largest)
    else:
        with Path(name).open("rb") as file:
            yield from _in_file(file, name, largest)


def _in_file(file: BinaryIO, source: str, largest: int) -> Iterator[tuple[str, bytes]]:
    first = file.readline(largest + 1)
    # By its name a file such as `one.eml` is one mail, even if others were put behind it.
    if _ENVELOPE.match(first) and not source.lower().endswith(".eml"):
        for number, raw in enumerate(_in_mbox(file, first, largest), start=1):
            yield (source if number == 1 else f"{source}#{number}", raw)
    else:
        # One more than is allowed tells that it is too large, however large it is.
        yield source, first + file.read(largest + 1 - len(first))


def _in_mbox(file: BinaryIO, first: bytes, largest: int) -> Iterator[bytes]:
    """Yield the mails of a mailbox file; each begins with an envelope line after an empty one."""
    lines, size, is_after_blank, pending = [first], len(first), False, b""
    while line := pending or file.readline(largest + 1):
        pending = b""
        if is_after_blank and _ENVELOPE.match(line):
            # Words may begin so too; a mail goes on with a header field.
            pending = file.readline(largest + 1)
            if _FIELD.match(pending):
                yield b"".join(lines)
                lines, size = [], 0
        is_after_blank = not line.strip()
        size += len(line)
        if size <= largest + len(line):
            lines.append(line)
    yield b"".join(lines)
