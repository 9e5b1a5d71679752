"""What all refusals have in common: a sentence for people and a status for programs."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from typing_extensions import override


def said(words: str) -> str:
    """Mark *words* for translation where they are written; `Refusal` translates them when read."""
    return words


class Refusal(Exception):
    """A command will not do it; the text says why and what to do, nothing was written.

    Pages show the text in the reader's language, the API answers with *status*. The words are a
    template: `raise NotThisDesk(said("%(team)s is another desk's."), team=team)`.
    """

    status: ClassVar[int] = 422
    """422: the input is not fit. 403: not permitted. 409: not in this state, or stale."""

    def __init__(self, words: str = "", /, **values: Any) -> None:
        self.words = words
        self.values = values
        super().__init__(words)

    @override
    def __str__(self) -> str:
        words = gettext(self.words) if self.words else ""
        return words % self.values if self.values else words
