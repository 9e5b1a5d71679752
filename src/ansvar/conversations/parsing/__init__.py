"""A mail's bytes in, what it says out: no database, one kind of error."""

from ansvar.conversations.parsing.bounces import Bounce, Reason
from ansvar.conversations.parsing.headers import Address
from ansvar.conversations.parsing.nature import Nature
from ansvar.conversations.parsing.parts import IncomingFile
from ansvar.conversations.parsing.quoting import split_reply
from ansvar.conversations.parsing.reading import Incoming, Unreadable, read_mail

__all__ = [
    "Address",
    "Bounce",
    "Incoming",
    "IncomingFile",
    "Nature",
    "Reason",
    "Unreadable",
    "read_mail",
    "split_reply",
]
