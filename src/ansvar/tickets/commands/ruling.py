"""What a service and a desk foresee for hand-overs: the rule and the list of reasons."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ansvar.catalogue.models import Service
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.people.models import Desk
from ansvar.tickets.decisions import RuleMode
from ansvar.tickets.facts import HandOverReasonsSet, HandOverRuleSet
from ansvar.tickets.models import HandOverReason, HandOverRule


@command
def set_hand_over_rule(
    service_id: int, *, mode: RuleMode, after: int = 1, wait_minutes: int = 120, by: Actor
) -> HandOverRule:
    """Say when the owner of a service decides about hand-overs of its tickets. As before: silent.

    *wait_minutes* of the desk's working time later the supervisors may decide too.

    Raises: NotPermitted for everybody but owner, deputy and those who keep the catalogue;
    ValidationError.
    Records: HandOverRuleSet.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    require(by, "service.set_hand_over_rule", service)
    rule = HandOverRule.objects.filter(service=service).first() or HandOverRule(service=service)
    wanted = (mode, after, wait_minutes)
    if not rule._state.adding and (rule.mode, rule.after, rule.wait_minutes) == wanted:  # noqa: SLF001 - Django's way to ask whether a row exists
        return rule
    rule.mode, rule.after, rule.wait_minutes = wanted
    rule.full_clean(validate_unique=False)
    rule.save()
    record(
        HandOverRuleSet(subject_id=service.pk, mode=mode, after=after, wait_minutes=wait_minutes),
        by=by,
    )
    return rule


@command
def set_hand_over_reasons(desk_id: int, *, reasons: Sequence[str], by: Actor) -> None:
    """Set the reasons that people of a desk choose from, in order. As before: silent.

    A reason that is left out is kept for what was handed over by it, and offered no more.

    Raises: NotPermitted; ValidationError for one that is too long or there twice.
    Records: HandOverReasonsSet.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "desk.manage", desk)
    wanted = [" ".join(reason.split()) for reason in reasons if reason.strip()]
    _check_reasons(wanted)
    rows = {row.text: row for row in HandOverReason.objects.filter(desk=desk)}
    offered = sorted((row for row in rows.values() if row.is_active), key=lambda row: row.position)
    if [row.text for row in offered] == wanted:
        return
    for row in offered:
        row.is_active = row.text in wanted
    for position, text in enumerate(wanted):
        row = rows.setdefault(text, HandOverReason(desk=desk, text=text))
        row.position, row.is_active = position, True
    for row in rows.values():
        row.save()
    record(HandOverReasonsSet(subject_id=desk.pk, reasons=wanted), by=by)


def give_hand_over_reasons(desk_id: int) -> None:
    """Give a new desk reasons to begin with, in its language; it changes them as it likes."""
    HandOverReason.objects.bulk_create(
        HandOverReason(desk_id=desk_id, text=text, position=position)
        for position, text in enumerate(_first_reasons())
    )


def _first_reasons() -> list[str]:
    return [
        _("Needs rights that we do not have"),
        _("Needs knowledge that we do not have"),
        _("The fault lies in what another team runs"),
        _("Somebody has to go there"),
        _("Filed under the wrong service"),
    ]


def _check_reasons(wanted: Sequence[str]) -> None:
    longest = HandOverReason._meta.get_field("text").max_length or 0  # noqa: SLF001 - Django's own name
    for text in wanted:
        if len(text) > longest:
            raise ValidationError(_("Shorten “%(text)s”.") % {"text": text})
    if len({text.casefold() for text in wanted}) < len(wanted):
        raise ValidationError(_("A reason is there twice."))
