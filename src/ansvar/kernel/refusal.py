"""What all refusals have in common: a sentence for people and a status for programs."""

from typing import ClassVar


class Refusal(Exception):
    """A command will not do it; the text says why and what to do, nothing was written.

    Pages show the text, the API answers with *status*.
    """

    status: ClassVar[int] = 422
    """422: the input is not fit. 403: not permitted. 409: not in this state, or stale."""
