"""Why a ticket has its priority, in sentences a caller would accept."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ansvar.tickets.decisions import Basis
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
