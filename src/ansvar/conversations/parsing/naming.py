"""Names of files that came with a mail: as they were given, else made from what they are."""

import re
from collections.abc import Iterable
from email.message import Message

from ansvar.conversations.parsing.headers import first_raw, words_of
from ansvar.conversations.parsing.parameters import parameters_of
from ansvar.conversations.parsing.structure import first_field, parts_below, type_of

LONGEST_NAME = 200
_LONGEST_MADE_NAME = 100
_LONGEST_EXTENSION = 10

# A path says nothing here and could harm on disk; so could marks that turn the writing round.
_UNSAFE = re.compile(r"[\\/\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]+")
_NAME_IN_ID = re.compile(r"([^@/\s]{1,100}\.[A-Za-z0-9]{1,5})@")
_MADE = {
    "application/octet-stream": "file.bin",
    "image/jpeg": "image.jpg",
    "image/jpg": "image.jpg",
    "image/svg+xml": "image.svg",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "message/rfc822": "mail.eml",
    "text/calendar": "calendar.ics",
    "text/html": "document.html",
    "text/plain": "document.txt",
    "text/rfc822-headers": "headers.txt",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/ms-tnef": "winmail.dat",
}
_STEMS = {"image", "audio", "video", "text", "message"}


def given_name(part: Message, charsets: Iterable[str] = ()) -> str:
    """Return the name that the sender gave a file, or nothing."""
    for field, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        said = parameters_of(first_field(part, field)).get(parameter, "")
        if said and (name := safe_name(words_of(said, charsets))):
            return name
    return ""


def made_name(part: Message, charsets: Iterable[str] = ()) -> str:
    """Return a name for a file that has none: by its description, its subject or its kind."""
    media_type = type_of(part)
    by_kind = _MADE.get(media_type) or _by_type(media_type)
    dot_extension = "." + by_kind.rpartition(".")[2]
    said = ""
    if media_type == "message/rfc822":
        subjects = (first_raw(one, "Subject") for one in parts_below(part))
        said = words_of(next(subjects, ""), charsets)
    said = said or words_of(first_raw(part, "Content-Description"), charsets)
    if not said and (within := _NAME_IN_ID.search(first_raw(part, "Content-ID"))):
        return safe_name(within[1]) or by_kind
    stem = safe_name(said)[:_LONGEST_MADE_NAME].strip(" ._")
    if not stem:
        return by_kind
    return stem if stem.lower().endswith(dot_extension) else stem + dot_extension


def safe_name(name: str) -> str:
    """Return a name that can do no harm, cut to length but with its extension."""
    name = _UNSAFE.sub("_", name).strip(" ._")
    if len(name) > LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[:180]}{dot}{extension[:19]}" if dot else name[:LONGEST_NAME]
    return name


def _by_type(media_type: str) -> str:
    kind, _slash, subtype = media_type.partition("/")
    extension = re.sub(r"[^a-z0-9]", "", subtype.removeprefix("x-"))[:_LONGEST_EXTENSION]
    return f"{kind if kind in _STEMS else 'file'}.{extension or 'bin'}"
