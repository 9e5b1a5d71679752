"""`ansvar mail pipe`: one mail on standard input, as a mail server starts a program for it."""

import os
from typing import BinaryIO

from ansvar.ops import console, startup
from ansvar.ops.trouble import Trouble

# The exit codes of sysexits.h, by which Postfix, Exim and sendmail decide what becomes of a mail.
OK = os.EX_OK
BAD_MAIL = os.EX_DATAERR
NO_MAILBOX = os.EX_NOUSER
TRY_AGAIN = os.EX_TEMPFAIL


def take_mail(stream: BinaryIO, address: str) -> int:
    """Keep the mail and return the exit code; after 0 it is safe, after 75 it has to come again."""
    raw = stream.read()
    if not raw.strip():
        console.refuse("There is no mail on standard input.")
        return BAD_MAIL
    try:
        with startup.ready():
            return _kept(raw, address)
    except Trouble as trouble:
        console.refuse(str(trouble))
        return TRY_AGAIN
    except Exception as error:  # noqa: BLE001 - whatever it was, the mail must not be lost
        console.refuse(f"The mail cannot be kept just now: {type(error).__name__}: {error}")
        return TRY_AGAIN


def _kept(raw: bytes, address: str) -> int:
    from ansvar.conversations import handed  # noqa: PLC0415  # needs Django set up

    try:
        handed.take_from_pipe(raw, address=address, environment=os.environ)
    except handed.NoSuchMailbox:
        console.refuse(f"There is no mailbox {address}." if address else "No mailbox is named.")
        return NO_MAILBOX
    except handed.SwitchedOff as off:
        console.refuse(f"The mailbox {off} is switched off.")
        return TRY_AGAIN
    except handed.NotTaken as refused:
        console.refuse(str(refused))
        return BAD_MAIL
    return OK
