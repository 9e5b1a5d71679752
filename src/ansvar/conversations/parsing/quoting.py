"""What a reply says anew, and what it repeats from before."""

import re

from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

_MOST_LINES = 1_500
_LONGEST_LINE = 200
_MOST_CHARACTERS = 60_000
"""The library's expressions take time that grows with the square of a line: they see no more."""

_HEADERS: re.Pattern[str] = EmailMessage(text="", languages=list(MAIL_LANGUAGES)).HEADER_REGEX

# Russian, which the library lacks, and forms of other languages that it misses.
_VERBS = (
    "wrote|writes|schrieb|schreibt|skrev|skriver|пишет|писал|писала|написал|написала|"
    r"написал\(а\)|писал\(а\)|a écrit|escribió|ha scritto|schreef|napisał|kirjoitti"
)
_WROTE = re.compile(rf"^(?:> ?)*.*\d.*\b(?:{_VERBS})\b[^:]{{0,120}}:$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
# In Russian Gmail says only when and who: a date, the time, `Bo <bo@example.com>:`.
_WHEN_AND_WHO = re.compile(r"^(?:> ?)*.*\d{1,2}[:.]\d{2}.*<[^<>\s]+@[^<>\s]+>:$")
_RULED = re.compile(
    r"^[-_]{2,} ?(?:original message|original-nachricht|ursprüngliche nachricht|"
    r"ursprungligt meddelande|vidarebefordrat meddelande|исходное сообщение|"
    r"пересылаемое сообщение|пересланное сообщение|forwarded message|"
    r"weitergeleitete nachricht|original appointment) ?[-_]{2,}$",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^[*> ]{0,6}(?:From|Von|Från|От|Отправитель)\*?: ?\*?\s?\S", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"^[*> ]{0,6}(?:Sent|To|Subject|Date|Gesendet|An|Betreff|Datum|Skickat|Till|Ämne|"
    r"Отправлено|Кому|Тема|Дата)\*?:",
    re.IGNORECASE,
)
_UNDERLINE = re.compile(r"^[_]{20,}$")


def split_reply(text: str) -> tuple[str, str]:
    """Return the new words of a mail and what it quotes.

    In doubt nothing is quoted: answers between quoted lines, or a mail that only passes another
    one on, stay whole.
    """
    lines = text.split("\n")
    stripped = [line.strip()[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    cut = _first_header(stripped)
    if cut is not None and _answers_between(stripped, cut + 1):
        cut = None
    if cut is None:
        cut = _quoted_tail(stripped, len(lines))
    if cut is None:
        return text.strip(), ""
    if cut > 0 and _UNDERLINE.match(stripped[cut - 1]):
        cut -= 1
    new = "\n".join(lines[:cut]).strip()
    if not new:
        return text.strip(), ""
    return new, "\n".join(lines[cut:]).strip()


def _first_header(lines: list[str]) -> int | None:
    """Return the number of the line with which the earlier mail begins."""
    found = [number for number in (_known_header(lines), _own_header(lines)) if number is not None]
    return min(found) if found else None


def _known_header(lines: list[str]) -> int | None:
    text = "\n".join(lines)[:_MOST_CHARACTERS]
    match = _HEADERS.search(text)
    if match is None:
        return None
    begin = match.start()
    # An expression may take the line end before the header with it.
    while begin < len(text) and text[begin].isspace():
        begin += 1
    return text.count("\n", 0, begin)


def _own_header(lines: list[str]) -> int | None:
    for number, line in enumerate(lines):
        if _RULED.match(line) or _WROTE.match(line) or _WHEN_AND_WHO.match(line):
            return number
        if _is_broken_header(line, lines[number + 1 : number + 2]):
            return number
        following = lines[number + 1 : number + 4]
        if _FIELD.match(line) and sum(map(bool, map(_NEXT_FIELD.match, following))) > 1:
            return number
    return None


def _is_broken_header(line: str, following: list[str]) -> bool:
    """Tell whether a line and the next are one header that the sender's program has broken.

    The date in the first and an address tell it from a sentence.
    """
    if not following or not _DIGIT.search(line) or following[0].startswith(">"):
        return False
    joined = f"{line} {following[0]}"
    return "@" in joined and bool(_WROTE.match(joined) or _WHEN_AND_WHO.match(joined))


def _answers_between(lines: list[str], begin: int) -> bool:
    """Tell whether own words follow quoted lines: then the quotes belong to the answer."""
    quoted = False
    for line in lines[begin:]:
        if line.startswith(">"):
            quoted = True
        elif line and quoted:
            # A signature's dashes end the answer in every client.
            return line != "--"
    return False


def _quoted_tail(lines: list[str], total: int) -> int | None:
    """Return where the quoted lines at the end begin, if the mail ends with such."""
    if total > len(lines):
        return None
    begin: int | None = None
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(">"):
            begin = number
        elif lines[number]:
            break
    return begin
