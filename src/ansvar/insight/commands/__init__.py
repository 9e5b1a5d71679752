"""The only place where insight writes: its own roll-ups, and what requesters may read of them."""

from ansvar.insight.commands.promises import (
    choose_shown_promises,
    recompute_promises,
    set_promise_months,
)
from ansvar.insight.commands.rolling import (
    count_anew,
    count_days,
    count_present,
    note_changed_days,
)

__all__ = [
    "choose_shown_promises",
    "count_anew",
    "count_days",
    "count_present",
    "note_changed_days",
    "recompute_promises",
    "set_promise_months",
]
