"""Who and what every bench database holds, whatever its size: one fills it so, one asks for it."""

from typing import Final

PASSWORD: Final = "bench-only-1-million"  # noqa: S105  # of made-up people in a made-up database
ADMINISTRATOR: Final = "administrator@bench.example"
AGENT: Final = "agent@bench.example"
"""An ordinary agent of the desk, with open tickets of their own."""
SUPERVISOR: Final = "supervisor@bench.example"
OWNER: Final = "owner@bench.example"
"""Owns a twentieth of the services."""
REQUESTER: Final = "requester@bench.example"
"""Has opened tickets as anybody has; some are open."""

DESK_ADDRESS: Final = "it@bench.example"
"""The mailbox of the desk: mail handed to it by LMTP becomes tickets."""

RARE_WORD: Final = "kvastfening"
"""In the words of as many tickets whatever the size: `RARE_TICKETS`."""
RARE_TICKETS: Final = 40
COMMON_WORD: Final = "printer"
"""In the words of a tenth of all tickets."""
COMMON_SHARE: Final = 0.1
PERSON_PART: Final = "lindqv"
"""A part of a surname that a hundredth of all people have."""

OPEN_SHARE: Final = 0.02
"""How many of the tickets are open: a fiftieth."""
TICKETS_PER_PERSON: Final = 10
YEARS: Final = 3
"""The time over which the tickets were opened; it ends now."""
