"""What was found out about a mail, step by step, and how it is told to people.

A finding is kept as a code with its details and put into words when somebody reads it, in the
reader's language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

WORDS: Mapping[str, Promise] = {
    "sender-known": _("It comes from %(sender)s, known as %(name)s."),
    "sender-new": _("It comes from %(sender)s, who is not known yet."),
    "sender-reply-to": _(
        "Its sender %(sender)s reads no mail, so its Reply-To counts: %(author)s."
    ),
    "sender-none": _("It names no sender."),
    "forged": _("%(server)s says that it does not come from %(sender)s (%(sign)s)."),
    "several-senders": _(
        "It names several senders, so that nobody can tell who wrote it and who only seems to."
    ),
    "program": _("A program sent it (%(sign)s)."),
    "unanswerable": _("No automatic answer is sent to it (%(sign)s)."),
    "found-token": _("It was sent to the address for answers to %(reference)s."),
    "found-message-id": _("It answers a mail of %(reference)s."),
    "found-reference": _("Its subject names %(reference)s."),
    "found-nothing": _("It answers no mail of a ticket and names no ticket."),
    "is-party": _("The sender takes part in %(reference)s."),
    "was-addressed": _(
        "The sender was written to on %(reference)s by a colleague and takes part from now on."
    ),
    "is-agent": _("The sender is an agent who may answer %(reference)s."),
    "is-stranger": _(
        "The sender takes no part in %(reference)s: that ticket stays as it is, and the mail gets "
        "one of its own, linked for agents."
    ),
    "not-certain": _("A subject can be written by anybody, so the words stay a note among agents."),
    "takes-up": _("%(reference)s was done: these words take it up again."),
    "too-late": _(
        "%(reference)s was closed more than %(days)s days ago: a new ticket is opened and linked."
    ),
    "new-by-policy": _(
        "%(reference)s is closed, and the desk opens a new ticket for words on a closed one."
    ),
    "handler": _(
        "It was written to %(name)s of the desk with the desk in copy: the ticket starts in those "
        "hands."
    ),
    "on-behalf": _(
        "%(name)s of the desk answered %(requester)s with the desk in copy: the ticket is opened "
        "for %(requester)s, in the hands of %(name)s."
    ),
    "perhaps": _("%(reference)s has the same subject and people; a person decides."),
    "other-desk": _("The same mail went to %(desk)s, where it is %(reference)s."),
    "released": _("An administrator let it through."),
    "ours": _("It is a mail of ours that came back."),
    "from-a-desk": _(
        "It comes from %(sender)s, an address of a desk: to answer it could make a loop."
    ),
    "repeats": _("The same mail is already on %(reference)s."),
    "program-alone": _(
        "A program sent it (%(sign)s): it never opens a ticket, and it answers no mail of one."
    ),
    "by-hand": _("%(name)s made a ticket of it."),
    "refused": _("%(why)s"),
    "opened": _("%(reference)s was opened."),
    "joined": _("It is on %(reference)s now."),
    "answered": _("It is on %(reference)s as the desk's answer."),
    "noted": _("It is on %(reference)s as a note."),
    "passed-on": _("It is on %(reference)s for the desk alone, apart from what requesters read."),
}
"""Each code and its sentence."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found or decided."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)

    @override
    def __str__(self) -> str:
        """Return the sentence, in the language in force."""
        return str(WORDS[self.code]) % self.details


def found(code: str, /, **details: object) -> Finding:
    """Return a finding; its code is one of `WORDS`."""
    if code not in WORDS:
        raise KeyError(code)
    return Finding(code, {name: str(value) for name, value in details.items()})


def to_json(findings: Iterable[Finding]) -> list[list[object]]:
    """Return findings as they are kept in a column."""
    return [[one.code, dict(one.details)] for one in findings]


def from_json(kept: Iterable[Iterable[object]]) -> list[Finding]:
    """Return findings from a column; a code that is known no longer is left out."""
    found_again = []
    for code, details in kept:
        if code in WORDS and isinstance(code, str) and isinstance(details, dict):
            found_again.append(Finding(code, details))
    return found_again
