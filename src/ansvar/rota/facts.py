"""What can happen to who is here and who is on duty."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Fact, PersonId, Ref
from ansvar.rota.decisions import Duty


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j M Y H:i")


def _duty(duty: str) -> str:
    # Imported here: models import the decisions that facts are made of.
    from ansvar.rota.models import DUTY_NAMES  # noqa: PLC0415

    return str(DUTY_NAMES.get(Duty(duty), duty)) if duty in list(Duty) else duty


@dataclass(frozen=True, kw_only=True)
class AbsenceAnnounced(
    Fact,
    name="absence.announced",
    subject="person",
    wording=_("is away from {starts} to {ends}; {stand_in} stands in"),
):
    """Somebody is going to be away, or is."""

    absence_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    stand_in_id: PersonId | None = None

    @override
    def words(self) -> dict[str, str]:
        return {"starts": _moment(self.starts_at), "ends": _moment(self.ends_at)}


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded(
    Fact, name="absence.ended", subject="person", wording=_("is not away any longer")
):
    """Somebody came back sooner, or does not go away after all."""

    absence_id: int
    ends_at: datetime
    """Until when the absence was announced."""
    began: bool
    """Whether it had begun; one that had not is gone."""


@dataclass(frozen=True, kw_only=True)
class TurnsPlanned(
    Fact, name="turn.planned", subject="desk", wording=_("planned {count} turns as {duty}")
):
    """Turns of a duty of a desk were planned."""

    duty: str
    turns: list[tuple[int, datetime, datetime]]
    """Person, beginning and end of each."""
    deputy_id: PersonId | None = None

    @override
    def words(self) -> dict[str, str]:
        return {"count": str(len(self.turns)), "duty": _duty(self.duty)}


@dataclass(frozen=True, kw_only=True)
class TurnPassed(
    Fact,
    name="turn.passed",
    subject="desk",
    wording=_("gave the turn as {duty} from {starts} to {person}"),
):
    """A turn went from one person to another."""

    turn_id: int
    duty: str
    person_id: PersonId
    previous_id: PersonId
    starts_at: datetime

    @override
    def words(self) -> dict[str, str]:
        return {"starts": _moment(self.starts_at), "duty": _duty(self.duty)}


@dataclass(frozen=True, kw_only=True)
class TurnDeputySet(
    Fact,
    name="turn.deputy_set",
    subject="desk",
    wording=_("made {deputy} deputy of the turn as {duty} from {starts}"),
):
    """Somebody became, or is no longer, the deputy of a turn."""

    turn_id: int
    duty: str
    deputy_id: PersonId | None
    previous_id: PersonId | None
    starts_at: datetime

    @override
    def words(self) -> dict[str, str]:
        return {"starts": _moment(self.starts_at), "duty": _duty(self.duty)}


@dataclass(frozen=True, kw_only=True)
class TurnDropped(
    Fact,
    name="turn.dropped",
    subject="desk",
    wording=_("took the turn as {duty} from {starts} away"),
):
    """A turn was taken away, and nobody has it."""

    turn_id: int
    duty: str
    person_id: Annotated[int, Ref("person")]
    starts_at: datetime

    @override
    def words(self) -> dict[str, str]:
        return {"starts": _moment(self.starts_at), "duty": _duty(self.duty)}
