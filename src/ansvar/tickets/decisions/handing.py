"""When a ticket may change hands and who has to be asked first: pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class RuleMode(StrEnum):
    """How far teams hand over the tickets of a service by themselves."""

    FREE = "free"
    AFTER = "after"
    ALWAYS = "always"


class Because(StrEnum):
    """Why the service owner is asked about a hand-over."""

    BACK = "back"
    """The team has held the ticket before: giving it back would be a bounce."""
    AFTER = "after"
    """It has changed hands as often as the service lets it."""
    ALWAYS = "always"
    """The owner decides every hand-over of this service."""


class Answer(StrEnum):
    """What became of a hand-over that the owner was asked about."""

    GIVE = "give"
    KEEP = "keep"
    SPLIT = "split"
    TOGETHER = "together"
    WITHDRAWN = "withdrawn"


class TaskKind(StrEnum):
    """What others are asked for while custody stays where it is."""

    WORK = "work"
    QUESTION = "question"
    TOGETHER = "together"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The hand-over rule of a service. Giving back is asked about under every rule."""

    mode: RuleMode = RuleMode.FREE
    after: int = 1
    """With `AFTER`: how many hand-overs of a ticket are free."""


FREE = Rule()
"""What holds for a service that has no rule, and for tickets of no service."""


def why_asked(
    rule: Rule, *, team_id: int, held_before: Collection[int], given: int
) -> Because | None:
    """Return why a hand-over to *team_id* needs the owner, or nothing if it is free.

    *held_before* are the teams that have held the ticket, *given* counts its hand-overs so far.
    """
    if team_id in held_before:
        return Because.BACK
    if rule.mode is RuleMode.ALWAYS:
        return Because.ALWAYS
    if rule.mode is RuleMode.AFTER and given >= rule.after:
        return Because.AFTER
    return None


@dataclass(frozen=True, kw_only=True)
class Passing:
    """One hand-over of a ticket, and what a rule says to it."""

    giver: int
    team: int
    because: Because | None
    """Why the owner is asked; nothing when it is free."""

    @property
    def is_bounce(self) -> bool:
        """Whether the team had held the ticket before."""
        return self.because is Because.BACK


def passings(rule: Rule, teams: Sequence[int]) -> Iterator[Passing]:
    """Walk over the hand-overs of a ticket that *teams* held one after the other.

    The same team twice in a row is no hand-over. Every hand-over is taken as given, so that a rule
    can be held against what has happened.
    """
    held: list[int] = []
    given = 0
    for team in teams:
        if held and team != held[-1]:
            because = why_asked(rule, team_id=team, held_before=held, given=given)
            yield Passing(giver=held[-1], team=team, because=because)
            given += 1
        held.append(team)
