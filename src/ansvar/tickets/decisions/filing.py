"""As what a ticket was filed first, and how often that turned out to be wrong: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What was said at first of a ticket's service and kind, and what became of it."""

    service_id: int | None = None
    """The service it was filed under first; nothing while it was under none."""
    kind: str = ""
    """The kind it was said to be first; empty while nobody has looked, as with a mail."""
    count: int = 0
    """Acts by which it was filed as something else."""
    at: datetime | None = None
    """When the last of them was."""

    def changed(self, changes: Mapping[str, Sequence[Any]], *, at: datetime) -> "Filing":
        """Return the filing after fields were changed, each from one value to another.

        The first service, and the kind that somebody gives a matter which came without one, are no
        correction; every later change is. Taking the service away says nothing of where it belongs.
        """
        after = self
        is_corrected = False
        if "service" in changes and (service_id := changes["service"][1]) is not None:
            if after.service_id is None:
                after = replace(after, service_id=service_id)
            else:
                is_corrected = True
        if "kind" in changes:
            if after.kind:
                is_corrected = True
            else:
                after = replace(after, kind=changes["kind"][1])
        if is_corrected:
            after = replace(after, count=after.count + 1, at=at)
        return after
