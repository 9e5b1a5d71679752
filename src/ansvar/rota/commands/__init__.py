"""The only place that writes who is here and who is on duty."""

from ansvar.rota.commands.absences import (
    AwayAlready,
    ChoiceMissing,
    announce_absence,
    end_absence,
)
from ansvar.rota.commands.presence import forget_presence, note_presence
from ansvar.rota.commands.turns import (
    NotAtThisDesk,
    NothingPlanned,
    TurnTaken,
    drop_turn,
    pass_turn,
    plan_turns,
    set_deputy,
    swap_turns,
)

__all__ = [
    "AwayAlready",
    "ChoiceMissing",
    "NotAtThisDesk",
    "NothingPlanned",
    "TurnTaken",
    "announce_absence",
    "drop_turn",
    "end_absence",
    "forget_presence",
    "note_presence",
    "pass_turn",
    "plan_turns",
    "set_deputy",
    "swap_turns",
]
