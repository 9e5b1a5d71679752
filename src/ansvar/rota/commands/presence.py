"""That somebody is seen in the workbench: written seldom, by whichever page comes first."""

from datetime import datetime, timedelta

from ansvar.kernel import clock, prepared
from ansvar.kernel.command import command
from ansvar.rota.decisions import NOTED_EVERY
from ansvar.rota.models import Presence

REMEMBERED = 10_000
"""People whose last note a process keeps in mind; then it begins anew."""
KEPT = timedelta(days=90)

_noted: dict[int, datetime] = {}


def note_presence(person_id: int) -> None:
    """Note that somebody is at work in the workbench, at most once a minute in each process.

    It is no fact: who was where every minute is nobody's business afterwards.
    """
    now = clock.now()
    before = _noted.get(person_id)
    if before is not None and timedelta() <= now - before < NOTED_EVERY:
        return
    if len(_noted) >= REMEMBERED:
        _noted.clear()
    _noted[person_id] = now
    row = Presence(person_id=person_id, seen_at=now)
    prepared.put(Presence, [row], key=("person_id",), changing=("seen_at",))


@command
def forget_presence() -> int:
    """Delete what was noted long ago, and return how much."""
    count, _ = Presence.objects.filter(seen_at__lt=clock.now() - KEPT).delete()
    return count
