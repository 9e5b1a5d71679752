"""Who of a team is to be given a ticket: by knowledge, by load, by who is here. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ansvar.catalogue.decisions import Skill, fitness

NOT_SEEN = 2.0
"""Steps of fitness that it costs not to have been seen lately."""
PER_TICKET = 0.5
"""Steps of fitness that each ticket in hand costs, beyond those of whoever has fewest."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who could be given a ticket."""

    person_id: int
    skill: Skill | None = None
    solved: int = 0
    """Tickets of the service among the latest that this person has solved."""
    held: int = 0
    """Open tickets in hand, those that wait left out."""
    is_here: bool = False
    is_away: bool = False
    is_full: bool = False
    """The team's limit is reached."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A candidate with what speaks for it."""

    candidate: Candidate
    worth: float | None
    """Nothing when it cannot be chosen: who is away, or has the hands full."""


def suggestions(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Return all candidates, the best first, those who cannot be chosen last.

    What somebody knows counts, less what is in hand already beyond the least loaded, and less when
    nobody has seen the person lately. Among equals the one with fewer tickets comes first.
    """
    everybody = list(candidates)
    free = [one for one in everybody if not (one.is_away or one.is_full)]
    least = min((one.held for one in free), default=0)
    found = [
        Suggestion(
            candidate=one,
            worth=fitness(one.skill, one.solved)
            - PER_TICKET * (one.held - least)
            - (0.0 if one.is_here else NOT_SEEN),
        )
        for one in free
    ]
    found.sort(key=lambda one: (-(one.worth or 0.0), one.candidate.held, one.candidate.person_id))
    kept_out = [one for one in everybody if one.is_away or one.is_full]
    return [*found, *(Suggestion(candidate=one, worth=None) for one in kept_out)]
