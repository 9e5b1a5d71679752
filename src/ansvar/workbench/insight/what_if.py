"""What if the owner of a service had decided about hand-overs: a rule held against history."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ansvar.access.pages import page
from ansvar.insight.what_if import Answered, WhatIf, what_if
from ansvar.people.models import Desk
from ansvar.tickets.decisions import Rule, RuleMode
from ansvar.tickets.models import MODE_NAMES
from ansvar.workbench.insight.asking import desks_with_figures
from ansvar.workbench.insight.framing import InsightPage, in_frame, insight_pages
from ansvar.workbench.insight.ranging import RangeForm
from ansvar.workbench.insight.saying import (
    loss_doubts,
    money,
    percent,
    plain_number,
    working_hours,
)
from ansvar.workbench.reading import reader_of

PLACE = "insight-what-if"
MOST_FREE = 20
USUAL_FREE = 2

insight_pages.add("what-if")(
    InsightPage(
        label=gettext_lazy("What if"),
        text=gettext_lazy(
            "How often would a hand-over rule have asked the service owner, and what would it have"
            " stopped?"
        ),
        icon="git-compare",
        url_name=PLACE,
        requires="insight.read",
    )
)


class WhatIfForm(RangeForm):
    """Which tickets, and which rule is held against them."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Rule"), choices=list(MODE_NAMES.items()), required=False
    )
    after = forms.IntegerField(
        label=gettext_lazy("Free hand-overs"),
        min_value=1,
        max_value=MOST_FREE,
        required=False,
        help_text=gettext_lazy("Only where the owner decides after some."),
    )

    def rule(self) -> Rule:
        """Return the rule asked for; giving back is asked about under every rule."""
        self.is_valid()
        mode = self.cleaned_data.get("mode") or RuleMode.FREE
        return Rule(mode=RuleMode(mode), after=self.cleaned_data.get("after") or USUAL_FREE)


@page(requires="insight.read")
def insight_what_if(request: HttpRequest) -> HttpResponse:
    """Show what a rule would have made of what has happened."""
    desks, desk = desks_with_figures(reader_of(request))
    if desk is None:
        return in_frame(request, "what-if.html", {"found": None}, place=PLACE)
    form = WhatIfForm(request, desk, desks=desks)
    found = what_if(form.asked(), form.rule())
    context = {
        "form": form,
        "desks": desks,
        "found": found,
        "sentences": what_if_in_words(found),
        "ways": [
            (
                _("Sent at the first question to where it was in the end"),
                _("The most that any decision could have stopped."),
                found.sent,
            ),
            (
                _("Giving back refused"),
                _("Stopped are those that ended where they then would have stayed."),
                found.refused,
            ),
        ],
        "others": _other_rules(form, found.rule),
        "doubts": loss_doubts(found.lost, desk.currency),
        "in_words": {
            "percent": percent,
            "hours": working_hours,
            "number": plain_number,
            "cost": lambda one: _cost(one, desk),
        },
        "report_url": f"{reverse('insight-handovers')}?{form.query()}",
    }
    return in_frame(request, "what-if.html", context, place=PLACE)


def _cost(answered: Answered, desk: Desk) -> str:
    return money(answered.saved.cost, desk.currency) if answered.saved.is_priced else ""


def _other_rules(form: WhatIfForm, rule: Rule) -> list[tuple[str, str]]:
    """Return the other rules with the addresses that hold them against the same tickets."""
    return [
        (str(name), f"?{form.query()}&{urlencode({'mode': mode, 'after': rule.after})}")
        for mode, name in MODE_NAMES.items()
        if mode is not rule.mode
    ]


def what_if_in_words(found: WhatIf) -> list[str]:
    """Say what a rule would have done; nothing of no ticket."""
    if not found.cases:
        return []
    asked = ngettext(
        "The owner would have been asked %(asked)s time about %(tickets)s of %(cases)s tickets,"
        " %(week)s a week.",
        "The owner would have been asked %(asked)s times about %(tickets)s of %(cases)s tickets,"
        " %(week)s a week.",
        found.asked,
    ) % {
        "asked": plain_number(found.asked),
        "tickets": plain_number(found.tickets_asked),
        "cases": plain_number(found.cases),
        "week": plain_number(found.asked_a_week),
    }
    never = _("%(share)s of the tickets would have gone their way without a question.") % {
        "share": percent(found.share_never_asked)
    }
    if not found.bounces:
        return [asked, never, _("There was no bounce to stop.")]
    fewest, most = sorted((found.refused.stopped, found.sent.stopped))
    words = (
        _(
            "Of %(bounces)s bounces, in which %(lost)s of working time were lost, it could have"
            " stopped %(most)s."
        )
        if fewest == most
        else _(
            "Of %(bounces)s bounces, in which %(lost)s of working time were lost, it could have"
            " stopped between %(fewest)s and %(most)s."
        )
    )
    stopped = words % {
        "bounces": plain_number(found.bounces),
        "lost": working_hours(found.lost.working),
        "fewest": plain_number(fewest),
        "most": plain_number(most),
    }
    return [asked, stopped, never]
