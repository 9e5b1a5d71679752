"""How addresses are made alike, and how people are found by any part of them."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

import phonenumbers

from ansvar.kernel.refusal import Refusal, said

LONGEST_ADDRESS = 254
"""Of an e-mail address, by RFC 5321."""
LONGEST_LOCAL_PART = 64
SHORTEST_TRIGRAM_WORD = 3
DEFAULT_COUNTRY = "SE"

_LOCAL_PART = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")
_NUMBER_AS_TYPED = re.compile(r"[+\d][\d\s().\-/]*")
# Letters that no decomposition turns into a plain one, and that people type without their stroke.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "\N{LATIN SMALL LETTER DOTLESS I}": "i"})


class Channel(StrEnum):
    """Through which channel an address reaches somebody."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"


class BadAddress(Refusal):
    """An address that cannot be right; the text says what to do."""


def normalise(channel: str, address: str, *, country: str = DEFAULT_COUNTRY) -> str:
    """Return the one form of an address under which it is found.

    Raises: BadAddress.
    """
    if channel == Channel.EMAIL:
        return normalise_email(address)
    if channel == Channel.PHONE:
        return normalise_phone(address, country=country)
    name = address.strip().casefold()
    if not name or len(name) > LONGEST_ADDRESS:
        raise BadAddress(said("A chat name has between 1 and 254 characters. Check it."))
    return name


def normalise_email(address: str) -> str:
    """Return an e-mail address in lower case, its domain as it stands in the DNS.

    The part before the @ is lowered too: no mail system in use tells Anna from anna.

    Raises: BadAddress.
    """
    local, at, domain = unicodedata.normalize("NFC", address.strip()).lower().rpartition("@")
    if not at or not local:
        raise BadAddress(
            said("“%(address)s” is no e-mail address. Write it like anna@example.com."),
            address=address,
        )
    if len(local) > LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        raise BadAddress(
            said(
                "The part of “%(address)s” before the @ has a character or a length that no mail "
                "server takes. Check it for spaces and commas."
            ),
            address=address,
        )
    if local[0] == "." or local[-1] == "." or ".." in local:
        raise BadAddress(
            said("“%(address)s” has a dot too many before the @. Check it."), address=address
        )
    whole = f"{local}@{_normalise_domain(domain, address)}"
    if len(whole) > LONGEST_ADDRESS:
        raise BadAddress(
            said("“%(address)s” is longer than 254 characters. Check it."), address=address
        )
    return whole


def _normalise_domain(domain: str, address: str) -> str:
    try:
        ascii_domain = domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    if not ascii_domain or not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise BadAddress(
            said(
                "“%(domain)s” in “%(address)s” is no domain. Write what stands after the @ like "
                "example.com."
            ),
            domain=domain,
            address=address,
        )
    return ascii_domain


def normalise_phone(number: str, *, country: str = DEFAULT_COUNTRY) -> str:
    """Return a phone number as +46812345678 (E.164); without a prefix it is of *country*.

    Raises: BadAddress.
    """
    parsed = _parsed(number, country)
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise BadAddress(
            said(
                "“%(number)s” is no phone number of %(country)s. Write it with its country, like "
                "+46 8 123 45 67."
            ),
            number=number,
            country=country,
        )
    whole = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{whole};ext={parsed.extension}" if parsed.extension else whole


def _parsed(number: str, country: str) -> "phonenumbers.PhoneNumber | None":
    try:
        return phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None


def fold(text: str) -> str:
    """Return *text* as it is compared: lower case, without accents, spaces made single."""
    # Folding the case can compose anew (ΐ), so letters are taken apart on both sides of it.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(plain.translate(_PLAIN).split())


def search_text(name: str, contact_points: Iterable[tuple[str, str, str]]) -> str:
    """Return what a person is found by; *contact_points* are (channel, address, normalised).

    It begins with a space, so that a pattern of a space and a letter finds beginnings of words.
    A phone number is found by its digits, with the prefix of its country and without.
    """
    parts = [name]
    for channel, address, normalised in contact_points:
        parts.append(address)
        if channel == Channel.PHONE:
            parts += _digits_of(normalised)
        elif normalised != address.casefold():
            parts.append(normalised)
    return " " + fold(" ".join(dict.fromkeys(parts)))


def _digits_of(normalised: str) -> list[str]:
    parsed = _parsed(normalised, DEFAULT_COUNTRY)
    forms = [normalised]
    if parsed is not None:
        forms.append(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
    return [re.sub(r"\D", "", form) for form in forms]


def needles_for(text: str) -> list[str]:
    """Return the pieces that all must occur in a person's search text, found by *text*.

    A number is one piece however it is grouped. A word of one or two letters gets a space before
    it, so is found at the beginnings of words only: no less can a trigram index find.
    """
    typed = text.strip()
    if _NUMBER_AS_TYPED.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        words = [digits.removeprefix("00")] if digits else []
    else:
        words = fold(text).split()
    return [
        word if len(word) >= SHORTEST_TRIGRAM_WORD else f" {word}" for word in dict.fromkeys(words)
    ]
