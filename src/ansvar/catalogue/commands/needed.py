"""What must be known before work on a service's matters can begin."""

from collections.abc import Sequence
from typing import Any, Final, TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import Unpack

from ansvar.catalogue.decisions import NeededKind, is_pattern
from ansvar.catalogue.decisions.needed import compared
from ansvar.catalogue.facts import (
    NeededFactAdded,
    NeededFactChanged,
    NeededFactRemoved,
    NeededFactsOrdered,
)
from ansvar.catalogue.models import NeededFact, Service
from ansvar.catalogue.queries import needed_facts_of
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require

MOST_NEEDED: Final = 20
"""More questions than anybody answers."""
MOST_CHOICES: Final = 30
LONGEST_CHOICE: Final = 120
_FEWEST_CHOICES = 2


class TooManyNeeded(Refusal):
    """A service asks for so much already that nobody would answer."""


class NeededFields(TypedDict, total=False):
    """What can be said of something that is needed."""

    name: str
    question: str
    help: str
    kind: str
    choices: list[str]
    pattern: str
    is_required: bool


@command
def add_needed_fact(service_id: int, *, by: Actor, **wanted: Unpack[NeededFields]) -> NeededFact:
    """Let a service ask for one more thing, after the others.

    Raises: NotPermitted; ValidationError; TooManyNeeded.
    Records: NeededFactAdded.
    """
    service = _locked(service_id, by)
    present = list(needed_facts_of(service.pk))
    if len(present) >= MOST_NEEDED:
        raise TooManyNeeded(
            said("%(count)s questions are enough: nobody answers more. Remove one first."),
            count=MOST_NEEDED,
        )
    position = max((one.position for one in present), default=0) + 1
    needed = NeededFact(service=service, position=position, **_tidied(wanted, NeededKind.TEXT))
    _check(needed)
    needed.save()
    record(
        NeededFactAdded(
            subject_id=service.pk,
            needed_id=needed.pk,
            title=needed.name,
            question=needed.question,
            kind=needed.kind,
            is_required=needed.is_required,
        ),
        by=by,
    )
    return needed


@command
def edit_needed_fact(needed_id: int, *, by: Actor, **wanted: Unpack[NeededFields]) -> NeededFact:
    """Ask for something in another way. Without a change: silent.

    What tickets know already stays as it is.

    Raises: NotPermitted; ValidationError.
    Records: NeededFactChanged.
    """
    needed = NeededFact.objects.get(pk=needed_id)
    _locked(needed.service_id, by)
    needed.refresh_from_db()
    if changes := set_fields(needed, _tidied(wanted, needed.kind)):
        _check(needed)
        needed.save(update_fields=[*changes])
        record(
            NeededFactChanged(
                subject_id=needed.service_id,
                needed_id=needed.pk,
                title=needed.name,
                changes=changes,
            ),
            by=by,
        )
    return needed


@command
def remove_needed_fact(needed_id: int, *, by: Actor) -> None:
    """Ask for something no longer; what tickets know of it stays. Twice: silent.

    Raises: NotPermitted.
    Records: NeededFactRemoved.
    """
    needed = NeededFact.objects.get(pk=needed_id)
    _locked(needed.service_id, by)
    needed.refresh_from_db()
    if needed.is_active:
        needed.is_active = False
        needed.save(update_fields=["is_active"])
        record(
            NeededFactRemoved(subject_id=needed.service_id, needed_id=needed.pk, title=needed.name),
            by=by,
        )


@command
def order_needed_facts(service_id: int, order: Sequence[int], *, by: Actor) -> None:
    """Ask in another order: the ids of *order* first, the rest as it was. No change: silent.

    Raises: NotPermitted.
    Records: NeededFactsOrdered.
    """
    _locked(service_id, by)
    present = list(needed_facts_of(service_id))
    place = {pk: number for number, pk in enumerate(order)}
    wanted = sorted(present, key=lambda one: place.get(one.pk, len(place)))
    if [one.pk for one in wanted] == [one.pk for one in present]:
        return
    for number, one in enumerate(wanted, start=1):
        one.position = number
    NeededFact.objects.bulk_update(wanted, ["position"])
    record(NeededFactsOrdered(subject_id=service_id, order=[one.pk for one in wanted]), by=by)


def _locked(service_id: int, by: Actor) -> Service:
    """Return the service; its list changes one step after the other."""
    service = Service.objects.select_for_update().get(pk=service_id)
    require(by, "service.edit", service)
    return service


def _tidied(wanted: NeededFields, present_kind: str) -> dict[str, Any]:
    """Return what is to be set, without what another kind of answer would need."""
    fields = only(NeededFields, wanted)
    kind = fields.get("kind", present_kind)
    if kind != NeededKind.CHOICE:
        fields["choices"] = []
    if kind != NeededKind.TEXT:
        fields["pattern"] = ""
    for name in ("name", "question", "help", "pattern"):
        if name in fields:
            fields[name] = " ".join(fields[name].split())
    if "choices" in fields:
        words = (" ".join(one.split()) for one in fields["choices"])
        fields["choices"] = list(dict.fromkeys(one for one in words if one))
    return fields


def _check(needed: NeededFact) -> None:
    unasked: list[str] = ["service"]
    needed.full_clean(exclude=unasked, validate_constraints=False)
    needed.validate_constraints()
    if needed.kind == NeededKind.CHOICE:
        _check_choices(needed)
    if not is_pattern(needed.pattern):
        words = _("Each [ needs its ], not within another, and four of them at most.")
        raise ValidationError({"pattern": words})


def _check_choices(needed: NeededFact) -> None:
    if len(needed.choices) < _FEWEST_CHOICES:
        raise ValidationError({"choices": _("Name at least two to choose from, each on a line.")})
    if len(needed.choices) > MOST_CHOICES or max(map(len, needed.choices)) > LONGEST_CHOICE:
        words = _("At most {count} to choose from, each of at most {length} characters.")
        raise ValidationError({"choices": words.format(count=MOST_CHOICES, length=LONGEST_CHOICE)})
    if len({compared(one) for one in needed.choices}) < len(needed.choices):
        raise ValidationError({"choices": _("Two of these differ only in capitals or marks.")})
