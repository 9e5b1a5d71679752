"""The words of mails that Ansvar writes by itself: built in, or a desk's own.

A template is Markdown with `{placeholders}`. A line whose placeholder has nothing to say is left
out, so that one text serves desks that promise a time and desks that do not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from ansvar.conversations.composing import one_line
from ansvar.conversations.models import MailTemplate
from ansvar.kernel.registry import Registry
from ansvar.people.models import Desk

LONGEST = 10_000
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_FALL_BACK = "en"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A mail that Ansvar writes by itself."""

    label: str | Promise
    when: str | Promise
    built_in: str
    """In English, to be translated."""
    allowed: frozenset[str]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Template:
    """The words to be used, and their language."""

    text: str
    language: str
    is_own: bool
    """The desk has written it itself."""


MEANINGS: Mapping[str, str | Promise] = {
    "name": gettext_lazy("name of the person"),
    "reference": gettext_lazy("number of the ticket"),
    "subject": gettext_lazy("subject of the ticket or the mail"),
    "desk": gettext_lazy("name of the desk"),
    "by": gettext_lazy("until when the first answer is promised"),
    "link": gettext_lazy("address of the ticket in the portal"),
    "resolution": gettext_lazy("what helped, as a quotation"),
    "confirm": gettext_lazy("address to confirm with one click"),
    "refuse": gettext_lazy("address to say that it is not solved"),
    "days": gettext_lazy("days until the ticket closes by itself"),
    "questions": gettext_lazy("list of what is missing"),
    "reason": gettext_lazy("why the mail could not be taken"),
    "size": gettext_lazy("the largest mail that is taken"),
}

_TICKET = frozenset({"name", "reference", "subject", "desk", "link"})

_OF_TICKETS: Mapping[str, Kind] = {
    "acknowledgement": Kind(
        label=gettext_lazy("Acknowledgement"),
        when=gettext_lazy("somebody has opened a ticket by mail"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "thank you for your message. It has the number **{reference}** with us now.\n\n"
            "What happens next: somebody of {desk} reads it, finds out how many people it hinders, "
            "and answers you in this conversation.\n"
            "You hear from us by **{by}**.\n\n"
            "To add something, just answer this mail.\n"
            "How it stands, you see here: [{reference}]({link})"
        ),
        allowed=_TICKET | {"by"},
        required=frozenset({"reference"}),
    ),
    "resolution": Kind(
        label=gettext_lazy("Resolution"),
        when=gettext_lazy("a ticket is resolved"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "we believe that {reference}, “{subject}”, is solved:\n\n"
            "{resolution}\n\n"
            "- It works: [confirm]({confirm})\n"
            "- It does not work: [tell us]({refuse}), or answer this mail\n\n"
            "If we hear nothing within {days} days, the ticket is closed."
        ),
        allowed=_TICKET | {"resolution", "confirm", "refuse", "days"},
        required=frozenset({"reference", "resolution", "confirm", "refuse"}),
    ),
    "quiet_close": Kind(
        label=gettext_lazy("Closing"),
        when=gettext_lazy("nobody has objected to a resolution"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "nobody objected, so {reference}, “{subject}”, is closed now.\n\n"
            "If it troubles you again, answer this mail: we take it up where it was left."
        ),
        allowed=_TICKET,
        required=frozenset({"reference"}),
    ),
    "missing_facts": Kind(
        label=gettext_lazy("Missing information"),
        when=gettext_lazy("a ticket lacks what is needed to work on it"),
        built_in=gettext_noop(
            "Hello {name},\n\n"
            "to help you with {reference}, “{subject}”, we still need to know:\n\n"
            "{questions}\n\n"
            "Just answer this mail, each point in a line of its own."
        ),
        allowed=_TICKET | {"questions"},
        required=frozenset({"reference", "questions"}),
    ),
    "too_large": Kind(
        label=gettext_lazy("Mail too large"),
        when=gettext_lazy("a mail is larger than the mailbox takes"),
        built_in=gettext_noop(
            "Hello,\n\n"
            "we could not take your mail “{subject}”, because it is larger than {size}.\n\n"
            "Please send it again without its files, or with smaller ones. If you need to send us "
            "large files, write us so: we tell you where to put them."
        ),
        allowed=frozenset({"subject", "desk", "size", "reason"}),
    ),
    "unreadable": Kind(
        label=gettext_lazy("Mail that cannot be read"),
        when=gettext_lazy("a mail is broken or empty"),
        built_in=gettext_noop(
            "Hello,\n\n"
            "we could not take your mail “{subject}”: {reason}\n\n"
            "Please write to us again, in a new mail of plain text. Until then nobody works on "
            "your matter."
        ),
        allowed=frozenset({"subject", "desk", "reason"}),
        required=frozenset({"reason"}),
    ),
}

KINDS: Registry[Kind] = Registry("kinds of mails")
"""Contexts that write other mails file theirs when they start."""

for _name, _kind in _OF_TICKETS.items():
    KINDS.add(_name)(_kind)


def template_for(desk: Desk, kind: str, language: str) -> Template:
    """Return the words of a kind of mail: in *language*, else that of the desk, else English.

    In each of these the desk's own words come before the built-in ones.
    """
    groups = [_with_base(one) for one in dict.fromkeys([language, desk.language, _FALL_BACK])]
    known = [one for group in groups for one in group]
    rows = MailTemplate.objects.filter(desk=desk, kind=kind, language__in=known)
    own = dict(rows.values_list("language", "text"))
    for group in groups:
        for one in group:
            if one in own:
                return Template(text=own[one], language=one, is_own=True)
        for one in group:
            if (text := built_in(kind, one)) is not None:
                return Template(text=text, language=one, is_own=False)
    return Template(text=KINDS[kind].built_in, language=_FALL_BACK, is_own=False)


def built_in(kind: str, language: str) -> str | None:
    """Return the built-in words in a language, or nothing when there are none in it."""
    original = KINDS[kind].built_in
    if language.partition("-")[0] == _FALL_BACK:
        return original
    with override(language):
        words = _(original)
    return words if words != original else None


def check_template(kind: str, text: str) -> None:
    """Check that a text can be used for a kind of mail.

    Raises: ValidationError, which names each placeholder that is wrong or missing.
    """
    about, wrong = KINDS[kind], []
    used = _PLACEHOLDER.findall(text)
    for name in dict.fromkeys(used):
        if name not in about.allowed:
            words = _("{{{name}}} is unknown in this mail. It knows {known}.")
            known = ", ".join(f"{{{one}}}" for one in sorted(about.allowed))
            wrong.append(words.format(name=name, known=known))
    for name in sorted(about.required - set(used)):
        words = _("{{{name}}} is missing: {meaning}.")
        wrong.append(words.format(name=name, meaning=MEANINGS[name]))
    if not text.strip():
        wrong = [_("Write a few words.")]
    elif len(text) > LONGEST:
        wrong.append(_("At most {count} characters.").format(count=LONGEST))
    if wrong:
        raise ValidationError({"text": wrong})


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled; lines that would lack theirs are left out."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        names = _PLACEHOLDER.findall(line)
        if any(name in MEANINGS and not values.get(name) for name in names):
            continue
        lines.append(_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), line))
    return "\n".join(lines).strip()


def as_words(text: str) -> str:
    """Return words of somebody outside so that they make no link in a mail of ours."""
    return one_line(text).replace("](", "] (")


def example_values() -> dict[str, str]:
    """Return what the preview fills in, in the language in force."""
    page = "https://desk.example.com"
    return {
        "name": "Anna Berg",
        "reference": "IT-1042",
        "subject": _("The label printer prints nothing"),
        "desk": _("IT desk"),
        "by": _("today {time}").format(time="16:30"),
        "link": f"{page}/portal/tickets/IT-1042/",
        "resolution": "> " + _("The cable was loose; it is fixed now."),
        "confirm": f"{page}/t/example/?answer=yes",
        "refuse": f"{page}/t/example/?answer=no",
        "days": "5",
        "questions": "- " + _("Which printer is it?") + "\n- " + _("Since when?"),
        "reason": _("The mail is empty."),
        "size": "40 MB",
    }


def _with_base(language: str) -> list[str]:
    """Return a language, and the one that it is a variety of: Swiss German, German."""
    return [one for one in dict.fromkeys([language, language.partition("-")[0]]) if one]
