"""Why a ticket has its priority, or a hand-over is asked, in sentences a caller would accept."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.tickets.decisions import Basis, Because
from ansvar.tickets.models import Ticket


def why_priority(ticket: Ticket) -> list[str]:
    """Return the reasons of the priority, the first for the impact, the last for the result."""
    basis = Basis.restore(ticket.priority_basis)
    sentences = [_impact(basis)]
    if weight := _weight(basis):
        sentences.append(weight)
    sentences.append(_urgency(basis))
    sentences.append(
        _("The desk's matrix makes that P%(priority)s.")
        % {"priority": basis.computed_priority or basis.priority}
    )
    if ticket.is_overridden:
        sentences.append(
            _("%(name)s set it to P%(priority)s by hand: “%(reason)s”")
            % {
                "name": basis.override_by,
                "priority": ticket.priority,
                "reason": basis.override_reason,
            }
        )
    return sentences


def why_hand_over_is_asked(because: Because, ticket: Ticket, *, team: str) -> str:
    """Return why handing a ticket to *team* is decided by its service owner."""
    if because is Because.BACK:
        return _("%(team)s has held it before; giving it back would be a bounce.") % {"team": team}
    service = ticket.service.name if ticket.service else ticket.desk.name
    if because is Because.ALWAYS:
        return _("Every hand-over of %(service)s is decided.") % {"service": service}
    words = ngettext(
        "It has changed hands %(n)s time; more of %(service)s is decided.",
        "It has changed hands %(n)s times; more of %(service)s is decided.",
        ticket.hand_over_count,
    )
    return words % {"n": ticket.hand_over_count, "service": service}


def _impact(basis: Basis) -> str:
    if basis.is_assumed:
        return _("Impact %(impact)s is assumed: nobody has answered the impact script yet.") % {
            "impact": basis.impact
        }
    said = "; ".join(f"{question} – {answer}" for question, answer in basis.answers)
    return _("Impact is %(impact)s by the script %(script)s, version %(number)s: %(said)s.") % {
        "impact": basis.impact,
        "script": basis.script,
        "number": basis.script_number,
        "said": said,
    }


def _weight(basis: Basis) -> str:
    if not basis.site or Decimal(basis.share) == 0:
        return ""
    values = {"site": basis.site, "share": basis.share, "limit": basis.raise_from}
    if basis.was_raised:
        return (
            _(
                "It was raised by one, because %(site)s carries %(share)s %% of the business; "
                "the desk raises it from %(limit)s %%."
            )
            % values
        )
    if basis.raise_from and not basis.is_assumed:
        return (
            _(
                "%(site)s carries %(share)s %% of the business; "
                "the impact would be raised from %(limit)s %%."
            )
            % values
        )
    return _("%(site)s carries %(share)s %% of the business.") % values


def _urgency(basis: Basis) -> str:
    if not basis.service:
        return _("Urgency is %(urgency)s, as for any matter without a service yet.") % {
            "urgency": basis.urgency
        }
    return _("Urgency is %(urgency)s. It is fixed for the service %(service)s.") % {
        "urgency": basis.urgency,
        "service": basis.service,
    }
