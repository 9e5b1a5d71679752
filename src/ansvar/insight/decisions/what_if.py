"""What a hand-over rule would have made of hand-overs that have happened: pure.

History shows what teams did when nobody stood between them. What an owner would have answered is
not in it, so two answers are tried on every ticket about which he would have been asked:

- *Sent*: at the first question he sends the ticket to the team that had it in the end, or lets it
  stay there. More than that no decision could have stopped: it is the upper bound.
- *Refused*: he lets nobody give a ticket back. Where it stays with the team that had it in the
  end, the bounces were for nothing and are surely stopped. Where it would have stayed with
  another team, refusing alone does not end the matter: those bounces are left, to be decided
  otherwise, by a task or by calling both together.

That the owner answers at once, and that the last team could have ended it at the first question,
is assumed. Handing over to a third team under `AFTER` and `ALWAYS` is asked about, and let go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ansvar.insight.decisions.passing_on import Held, Turn, handings_of
from ansvar.tickets.decisions import Rule, passings


class Retold(NamedTuple):
    """What a rule would have made of one ticket."""

    asked: int
    """How often the owner would have been asked, had he let everything go."""
    bounces: int
    """All that happened; every one of them would have been asked about."""
    left_if_sent: int
    """Bounces that sending does not stop."""
    left_if_refused: int
    """Bounces that refusing alone does not stop."""
    saved_if_sent: tuple[Held, ...]
    saved_if_refused: tuple[Held, ...]


def retold(rule: Rule, turns: Sequence[Turn]) -> Retold:
    """Hold a rule against what one ticket went through."""
    teams = [turn.team for turn in turns]
    questions = [at for at, one in enumerate(passings(rule, teams)) if one.because is not None]
    handings = handings_of(turns)
    bounces = sum(handing.is_bounce for handing in handings)
    lost = [held for handing in handings for held in handing.lost]
    if not questions:
        return Retold(0, bounces, bounces, bounces, (), ())
    sent = handings_of(_sent(turns, questions[0]))
    lost_if_sent = {held for handing in sent for held in handing.lost}
    is_ended = _refused(teams)[-1] == teams[-1]
    return Retold(
        asked=len(questions),
        bounces=bounces,
        left_if_sent=sum(handing.is_bounce for handing in sent),
        left_if_refused=0 if is_ended else bounces,
        saved_if_sent=tuple(held for held in lost if held not in lost_if_sent),
        saved_if_refused=tuple(lost) if is_ended else (),
    )


def _sent(turns: Sequence[Turn], question: int) -> list[Turn]:
    """Return the turns when at a question the ticket goes to where it was in the end."""
    kept = list(turns[: question + 1])
    if kept[-1].team != turns[-1].team:
        kept.append(turns[-1])
    return kept


def _refused(teams: Sequence[int]) -> list[int]:
    """Return the teams that hold a ticket one after the other when nobody may give it back."""
    kept = [teams[0]]
    for team in teams[1:]:
        if team not in kept:
            kept.append(team)
    return kept


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of something that is counted."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The part as a number from 0 to 1; nothing of nothing."""
        return self.part / self.whole if self.whole else None
