"""How tickets went from team to team, and which of it was ping-pong: pure.

The words of every figure about hand-overs:

- The *turns* of a ticket are its teams in the order in which they got it; the same team several
  times in a row, whoever of it worked on it, is one turn.
- A ticket has one *hand-over* less than it has turns.
- A *pattern* is a turn of a team, one of another and again one of the first: A, B, A. Such
  patterns may overlap: A, B, A, B has two.
- A *bounce* is a hand-over to a team that has had a turn before. Every pattern ends in a bounce,
  but A, B, C, A is a bounce without a pattern.
- *Lost* is the time for which others held the ticket between two turns of the same team. On one
  ticket no moment is lost twice: it counts for the first bounce that ended its loss.
- A ticket *never left the first line* when all its teams are of line 1.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Held(NamedTuple):
    """A stretch of time for which one team held a ticket."""

    team: int
    start: datetime
    end: datetime


class Turn(NamedTuple):
    """All stretches in a row of the same team."""

    team: int
    held: tuple[Held, ...]


class Handing(NamedTuple):
    """One hand-over that has happened."""

    giver: int
    team: int
    is_bounce: bool
    lost: tuple[Held, ...]
    """What was lost before this bounce and not before an earlier one."""


def turns_of(held: Iterable[Held]) -> list[Turn]:
    """Join what one team held without another in between; *held* is in order of time."""
    turns: list[Turn] = []
    for one in held:
        if turns and turns[-1].team == one.team:
            turns[-1] = Turn(one.team, (*turns[-1].held, one))
        else:
            turns.append(Turn(one.team, (one,)))
    return turns


def pattern_count(teams: Sequence[int]) -> int:
    """Return how many patterns A, B, A are in the teams of successive turns."""
    return sum(first == third for first, third in zip(teams, teams[2:], strict=False))


def handings_of(turns: Sequence[Turn]) -> list[Handing]:
    """Return the hand-overs of a ticket in order."""
    last_turn: dict[int, int] = {}
    spent: set[int] = set()
    found: list[Handing] = []
    for number, turn in enumerate(turns):
        before = last_turn.get(turn.team)
        if number:
            places = range(number if before is None else before + 1, number)
            lost = [place for place in places if place not in spent]
            spent.update(lost)
            found.append(
                Handing(
                    giver=turns[number - 1].team,
                    team=turn.team,
                    is_bounce=before is not None,
                    lost=tuple(held for place in lost for held in turns[place].held),
                )
            )
        last_turn[turn.team] = number
    return found


@dataclass(kw_only=True)
class Walks:
    """How a number of tickets went from team to team, added up."""

    cases: int = 0
    histogram: Counter[int] = field(default_factory=Counter)
    """Hand-overs of a ticket to how many tickets had so many."""
    patterns: int = 0
    with_pattern: int = 0
    """Tickets with at least one pattern A, B, A."""
    with_two: int = 0
    """Tickets with two patterns or more."""
    bounces: int = 0
    with_bounce: int = 0
    never_left: int = 0
    """Tickets that never left the first line."""

    @property
    def handovers(self) -> int:
        """All of them."""
        return sum(number * cases for number, cases in self.histogram.items())

    @property
    def share_never_left(self) -> float | None:
        """The share of the tickets that never left the first line; nothing of no ticket."""
        return self.never_left / self.cases if self.cases else None

    @property
    def share_with_pattern(self) -> float | None:
        """The share of the tickets with at least one pattern."""
        return self.with_pattern / self.cases if self.cases else None

    def add(self, teams: Sequence[int], *, first_line: Collection[int], cases: int = 1) -> None:
        """Count tickets whose successive turns were those of *teams*."""
        patterns = pattern_count(teams)
        bounces = len(teams) - len(set(teams))
        self.cases += cases
        self.histogram[max(len(teams) - 1, 0)] += cases
        self.patterns += patterns * cases
        self.with_pattern += cases if patterns else 0
        self.with_two += cases if patterns > 1 else 0
        self.bounces += bounces * cases
        self.with_bounce += cases if bounces else 0
        self.never_left += cases if all(team in first_line for team in teams) else 0
