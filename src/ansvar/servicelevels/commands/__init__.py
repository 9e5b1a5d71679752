"""The only place that writes levels and clocks."""

from ansvar.servicelevels.commands.acting import act
from ansvar.servicelevels.commands.beginning import begin_level, give_policy
from ansvar.servicelevels.commands.choosing import (
    NO_LEVEL,
    LevelNotForTicket,
    NoReason,
    choose_level,
)
from ansvar.servicelevels.commands.keeping import as_worked_out, keep_clocks, renew_clocks
from ansvar.servicelevels.commands.levels import (
    BeginsInThePast,
    DraftMissing,
    LevelOverlaps,
    NotInForce,
    TermsHaveFaults,
    UnknownPart,
    create_level,
    drop_draft,
    edit_level,
    end_level,
    publish_level,
    save_draft,
    sign_level,
)
from ansvar.servicelevels.commands.stepping import take_due_steps
from ansvar.servicelevels.commands.stuck import (
    find_stuck,
    learn_normals,
    remind_of_stuck,
    set_stuck_rule,
)

__all__ = [
    "NO_LEVEL",
    "BeginsInThePast",
    "DraftMissing",
    "LevelNotForTicket",
    "LevelOverlaps",
    "NoReason",
    "NotInForce",
    "TermsHaveFaults",
    "UnknownPart",
    "act",
    "as_worked_out",
    "begin_level",
    "choose_level",
    "create_level",
    "drop_draft",
    "edit_level",
    "end_level",
    "find_stuck",
    "give_policy",
    "keep_clocks",
    "learn_normals",
    "publish_level",
    "remind_of_stuck",
    "renew_clocks",
    "save_draft",
    "set_stuck_rule",
    "sign_level",
    "take_due_steps",
]
