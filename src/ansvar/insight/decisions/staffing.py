"""How long work waits for free hands: the queue behind a promise of reaction.

The model is A. K. Erlang's for systems in which one waits (1917), M/M/n in Kendall's notation:
tickets come independently of one another at an even pace, handling times scatter exponentially,
the first to come is the first to be taken, nobody gives up. See L. Kleinrock, Queueing Systems,
volume 1 (1975), sections 3.5 and 3.6.

Real handling times scatter otherwise. Whether one waits hardly depends on it, how long does: in
proportion to (1 + variation squared) / 2, after A. M. Lee and P. A. Longton (1959), which is exact
for one person (Pollaczek and Khinchine) and for exponential times.

Times are working time: what is left in the evening goes on in the morning.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

HOUR = timedelta(hours=1)
NO_TIME = timedelta()
FULL = 1 - 1e-6
"""Occupancy from which on people do not keep up; closer to 1 only rounding would decide."""
MOST_PEOPLE = 5_000
"""More are not looked for: the question has then been asked in the wrong units."""
_STEPS = (
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(hours=4), timedelta(minutes=15)),
    (timedelta(hours=24), timedelta(minutes=30)),
)
"""Up to which time a promise is rounded to which step."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What comes in, and how long somebody is busy with one of it."""

    per_hour: float
    """Tickets in an hour in which the desk is open."""
    handling: timedelta
    """From taking one up to being free for the next, other duties in between included."""
    variation: float = 1.0
    """Standard deviation of the handling time by its mean: 0 all alike, 1 exponential."""

    @property
    def stretch(self) -> float:
        """By how much the scatter of handling times lengthens the waits, 1 for exponential."""
        return (1 + self.variation**2) / 2

    @property
    def offered(self) -> float:
        """How many people it keeps busy on average; the unit is the erlang."""
        return self.per_hour * (self.handling / HOUR)


def load_of(
    *,
    per_day: float,
    hours_a_day: float,
    handling: timedelta,
    share_of_time: float = 1.0,
    variation: float = 1.0,
) -> Load:
    """Return the load of a day that is open for some hours.

    Who has only a *share_of_time* for tickets is busy with each one for longer.

    Raises: ValueError for a day without hours, or people without time.
    """
    if hours_a_day <= 0 or not 0 < share_of_time <= 1:
        raise ValueError("A day needs hours, and people a share of it between 0 and 1.")
    return Load(
        per_hour=per_day / hours_a_day, handling=handling / share_of_time, variation=variation
    )


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a number of people can hold under a load, in the long run."""

    load: Load
    people: int
    waiting_share: float
    """The share of tickets that find nobody free: Erlang's C."""

    @property
    def occupancy(self) -> float:
        """The share of people's time that the load takes; from 1 on they do not keep up."""
        return self.load.offered / self.people if self.people else math.inf

    @property
    def keeps_up(self) -> bool:
        """Whether the heap does not grow for ever."""
        return self.occupancy < FULL

    @property
    def left_over_per_hour(self) -> float:
        """How many tickets come in an hour beyond what the people can end."""
        if not self.load.handling:
            return 0.0
        return max(0.0, self.load.per_hour - self.people / (self.load.handling / HOUR))

    @property
    def average_wait(self) -> timedelta | None:
        """How long tickets wait on average; nothing when the people do not keep up."""
        if not self.keeps_up:
            return None
        return self.waiting_share * self._wait_of_who_waits

    def share_within(self, time: timedelta) -> float:
        """Return the share of tickets that are taken up within *time*."""
        if not self.keeps_up:
            return 0.0
        if not self.load.handling:
            return 1.0
        return 1.0 - self.waiting_share * math.exp(-(time / self._wait_of_who_waits))

    def time_for(self, share: float) -> timedelta | None:
        """Return within which time *share* of the tickets are taken up.

        Nothing when the people do not keep up: then no time can be held.

        Raises: ValueError for a share that is not between 0 and 1; all tickets have no such time.
        """
        if not 0 < share < 1:
            raise ValueError("A time can be held for more than none and less than all.")
        if not self.keeps_up:
            return None
        if self.waiting_share <= 1 - share:
            return NO_TIME
        return self._wait_of_who_waits * math.log(self.waiting_share / (1 - share))

    @property
    def _wait_of_who_waits(self) -> timedelta:
        return self.load.handling * self.load.stretch / (self.people - self.load.offered)


def outlook(load: Load, people: int) -> Outlook:
    """Return what *people* can hold under *load*."""
    share = 1.0
    for number, waiting in _waiting_by_people(load.offered):
        if number > people:
            break
        share = waiting
    return Outlook(load=load, people=people, waiting_share=share)


def people_needed(load: Load, *, within: timedelta, share: float) -> int | None:
    """Return the fewest people who take up *share* of the tickets *within* a time.

    Nothing when even a very large desk could not.
    """
    for number, waiting in _waiting_by_people(load.offered):
        if number > MOST_PEOPLE:
            return None
        found = Outlook(load=load, people=number, waiting_share=waiting)
        if found.keeps_up and found.share_within(within) >= share:
            return number
    return None


def fewest_people(load: Load) -> int:
    """Return how many people just keep up, however long tickets wait."""
    return math.floor(load.offered) + 1


def promised(time: timedelta, *, day: timedelta) -> timedelta:
    """Return the time to put into an agreement: the next fuller one that people can remember.

    Beyond a working day it goes by half days of *day* hours.
    """
    step = next((step for most, step in _STEPS if time <= most), _STEPS[-1][1])
    if time > day:
        step = day / 2
    return max(step, -(-time // step) * step)


def _waiting_by_people(offered: float) -> Iterator[tuple[int, float]]:
    """Walk over Erlang's C for one, two, three ... people.

    By way of Erlang's B (the share lost where nobody waits), whose recursion
    B(n) = a B(n-1) / (n + a B(n-1)), B(0) = 1, has only positive terms between 0 and 1: no
    factorial can overflow and no difference lose its digits.
    """
    lost = 1.0
    number = 0
    while True:
        number += 1
        lost = offered * lost / (number + offered * lost)
        if offered >= number:
            yield number, 1.0
        else:
            yield number, number * lost / (number - offered * (1.0 - lost))
