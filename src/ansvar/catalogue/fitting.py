"""Whether a value answers a question, and in words why it does not."""

from ansvar.catalogue.decisions import NeededKind, NotFitting, Unfit, fitted
from ansvar.catalogue.models import NeededFact
from ansvar.kernel.refusal import Refusal, said

_WORDS = {
    Unfit.EMPTY: said("“%(name)s” is still open."),
    Unfit.TOO_LONG: said("This is too long for “%(name)s”."),
    Unfit.PATTERN: said(
        "“%(value)s” does not look like %(pattern)s, where # is a digit, @ a letter, and what "
        "stands in brackets may be missing."
    ),
    Unfit.NUMBER: said("“%(value)s” is no number. Write figures only, without thousands marks."),
    Unfit.CHOICE: said("“%(value)s” is not one of: %(choices)s."),
    Unfit.YES_NO: said("“%(value)s” is neither yes nor no."),
    Unfit.DATE: said("“%(value)s” is no date. Write it like 2026-11-30."),
    Unfit.PHONE: said("“%(value)s” is no phone number. Write it like +46 8 123 45 67."),
}
_SHOWN = 60


class ValueNotFitting(Refusal):
    """A value is not what a question wants; the text says how to mend it."""


def fitted_value(needed: NeededFact, text: str) -> str:
    """Return *text* as it is kept when it answers what is needed.

    Raises: ValueNotFitting.
    """
    try:
        return fitted(needed.wanted, text)
    except NotFitting as fault:
        shown = " ".join(text.split())
        raise ValueNotFitting(
            _WORDS[fault.why],
            name=needed.name,
            value=shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…",
            pattern=needed.pattern,
            choices=", ".join(needed.choices),
        ) from None


def hint_of(needed: NeededFact) -> str:
    """Return what helps to answer: the help, and what there is to choose from."""
    parts = [needed.help]
    if needed.kind == NeededKind.CHOICE:
        parts.append(" / ".join(needed.choices))
    return "; ".join(part for part in parts if part)
