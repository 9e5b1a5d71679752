"""What a rule would have made of history, for other programs."""

from typing import Any

from ansvar.insight.handover_rows import loss_as_json
from ansvar.insight.what_if import Answered, WhatIf

ASSUMED = (
    "The owner answers at once; the time in which a question waits is not taken off.",
    "Sent: the ticket goes at the first question to the team that had it in the end.",
    "Sent: that team could have ended it then.",
    "Refused: stopped are bounces of tickets that then stay with the team of the end.",
)


def what_if_as_json(found: WhatIf) -> dict[str, Any]:
    """Return what was found in words that JSON knows."""
    asked = found.asked_custody
    return {
        "desk": asked.scope.desk.name,
        "service": asked.scope.service.name if asked.scope.service else None,
        "start": asked.period.start.isoformat(),
        "end": asked.period.end.isoformat(),
        "mode": str(found.rule.mode),
        "after": found.rule.after,
        "cases": found.cases,
        "handovers": found.handovers,
        "asked": found.asked,
        "asked_a_week": round(found.asked_a_week, 2),
        "cases_asked_about": found.tickets_asked,
        "cases_never_asked_about": found.never_asked,
        "share_never_asked_about": found.share_never_asked,
        "bounces": found.bounces,
        **loss_as_json(found.lost),
        "if_sent": _answered(found.sent),
        "if_refused": _answered(found.refused),
        "currency": asked.scope.desk.currency,
        "assumed": list(ASSUMED),
    }


def _answered(way: Answered) -> dict[str, Any]:
    saved = loss_as_json(way.saved)
    return {
        "stopped": way.stopped,
        "left": way.left,
        "share_stopped": way.share.value,
        **{key.replace("lost_", "saved_"): value for key, value in saved.items()},
    }
