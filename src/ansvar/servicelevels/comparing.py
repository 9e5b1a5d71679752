"""What differs between two versions of a level, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from ansvar.people.models import Calendar
from ansvar.servicelevels.decisions.amounts import day_of
from ansvar.servicelevels.decisions.terms import LevelKind, Terms
from ansvar.servicelevels.documents import calendar_of_version, pauses_of, targets_in_order
from ansvar.servicelevels.models import MEASURE_NAMES, LevelVersion
from ansvar.servicelevels.saying import (
    Names,
    amount_in_words,
    day_in_words,
    names_in,
    objective_in_words,
    origin_in_words,
    row_in_words,
    scope_in_words,
    step_in_words,
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that one version says otherwise than another, or that only one of them says."""

    where: str
    before: str
    after: str


def differences(before: LevelVersion, after: LevelVersion) -> list[Difference]:
    """Return in what two versions of a level differ."""
    names = names_in([before.agreed, after.agreed])
    day = day_of(calendar_of_version(after))
    old, new = _said(before, names, day), _said(after, names, day)
    return [
        Difference(where=where, before=old.get(where, ""), after=new.get(where, ""))
        for where in dict.fromkeys(chain(old, new))
        if old.get(where, "") != new.get(where, "")
    ]


def _said(version: LevelVersion, names: Names, day: int) -> Mapping[str, str]:
    terms, kind = version.agreed, LevelKind(version.level.kind)
    said = {_("For what it holds"): " ".join(scope_in_words(terms.scope, names))}
    for number, row in enumerate(terms.rows, 1):
        line = _("Line %(number)s") % {"number": number}
        said[line] = row_in_words(row, names, is_only=len(terms.rows) == 1)
        for measure, target in targets_in_order(row, kind):
            said[f"{line}: {MEASURE_NAMES[measure]}"] = ", ".join((
                amount_in_words(target.minutes, day),
                objective_in_words(target.objective),
                origin_in_words(target),
            ))  # fmt: skip
    said[_("Hours")] = _hours(terms)
    said[_("What stops the clocks")] = " ".join(pauses_of(terms, kind))
    for number, step in enumerate(terms.steps, 1):
        said[_("Step %(number)s") % {"number": number}] = step_in_words(step, names)
    said[_("In words")] = version.words
    said[_("To be reviewed on")] = day_in_words(version.review_on) if version.review_on else ""
    return said


def _hours(terms: Terms) -> str:
    calendar = Calendar.objects.filter(pk=terms.calendar_id or 0).first()
    words = calendar.name if calendar else _("those of the desk or the team")
    if terms.at_site:
        return _("%(hours)s; at a site with opening hours, those") % {"hours": words}
    return words
