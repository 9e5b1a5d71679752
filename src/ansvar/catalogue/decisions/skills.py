"""How well somebody knows a service: said by oneself, confirmed by what was solved. Pure."""

from enum import IntEnum


class Skill(IntEnum):
    """How well somebody says to know a service."""

    LEARNING = 1
    ABLE = 2
    EXPERT = 3


CONFIRMED_BY = 5
"""So many solved tickets are worth one step of what people say of themselves."""
MOST_CONFIRMED = 3
"""Steps that results can confirm: as much as the highest that one can say of oneself."""


def fitness(skill: Skill | None, solved: int) -> float:
    """Return how well somebody is fit for a service, from 0 to 6: what is said and what is shown.

    Both count alike, so that nobody is chosen for a bold word alone, nor a newcomer never.
    """
    return (skill or 0) + min(MOST_CONFIRMED, solved / CONFIRMED_BY)
