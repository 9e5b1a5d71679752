"""What a new desk begins with: a communication policy, since silence angers everywhere (R45)."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.kernel.actor import SYSTEM, Actor
from ansvar.kernel.command import command
from ansvar.people.models import Desk
from ansvar.servicelevels.commands.levels import create_level, publish_level, save_draft
from ansvar.servicelevels.decisions.terms import (
    Action,
    Addressee,
    LevelKind,
    Measure,
    Origin,
    Row,
    Step,
    Target,
    Terms,
)
from ansvar.servicelevels.models import LevelVersion, ServiceLevel

HOUR = 60
DAY = 8 * HOUR
"""Minutes of a usual working day."""


def _rows() -> tuple[Row, ...]:
    """Return how often people hear from the desk: the worse the harm, the more often."""

    def row(priorities: set[int], *, update: int, closing: int, third_party: int) -> Row:
        minutes = {
            Measure.ACKNOWLEDGE: 30,
            Measure.UPDATE: update,
            Measure.CLOSING: closing,
            Measure.THIRD_PARTY: third_party,
        }
        return Row(
            priorities=frozenset(priorities),
            targets={
                measure: Target(minutes=amount, origin=Origin.ASSUMED)
                for measure, amount in minutes.items()
            },
        )

    return (
        row({1}, update=HOUR, closing=30, third_party=4 * HOUR),
        row({2}, update=4 * HOUR, closing=HOUR, third_party=DAY),
        row(set(), update=2 * DAY, closing=4 * HOUR, third_party=3 * DAY),
    )


FIRST_POLICY = Terms(
    rows=_rows(),
    # The ball is in the requester's court: there is nothing to tell.
    pauses=frozenset({"waiting:requester"}),
    steps=(
        Step(
            key="update-ahead",
            measures=frozenset({Measure.UPDATE}),
            percent=80,
            action=Action.NOTIFY,
            to=Addressee.ASSIGNEE,
        ),
        Step(
            key="late",
            percent=100,
            action=Action.NOTIFY,
            to=Addressee.ASSIGNEE,
        ),
        Step(key="late-still", percent=200, action=Action.NOTIFY, to=Addressee.LEAD),
    ),
)
"""Assumed by the product, and marked so: the desk agrees on its own figures."""


@command
def begin_level(
    *, desk: Desk, kind: LevelKind, name: str, party: str = "", terms: Terms, by: Actor
) -> LevelVersion:
    """Make a level that is in force at once, or nothing at all.

    Raises: as `create_level`, `save_draft` and `publish_level` do.
    Records: LevelCreated; LevelDraftChanged; LevelPublished.
    """
    level = create_level(desk=desk, kind=kind, name=name, party=party, by=by)
    save_draft(level.pk, terms=terms, by=by)
    return publish_level(level.pk, by=by)


def give_policy(desk_id: int) -> ServiceLevel:
    """Give a desk the policy to begin with, in force at once.

    Records: LevelCreated; LevelDraftChanged; LevelPublished.
    """
    desk = Desk.objects.get(pk=desk_id)
    with override(desk.language):
        name = _("How we keep you informed")
    version = begin_level(desk=desk, kind=LevelKind.CARE, name=name, terms=FIRST_POLICY, by=SYSTEM)
    return version.level
