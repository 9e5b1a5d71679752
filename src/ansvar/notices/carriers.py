"""How a notice leaves the pages: by mail today; each further channel is one entry of a registry.

A context above that can reach people (`conversations` by mail; a telephone exchange by text
message) files its carrier in its `carrying.py`, and nothing else has to know of it: people choose
it among their wishes, and urgent notices go by every carrier that takes them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from ansvar.kernel.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """One way by which notices reach people who look at no page."""

    label: str | Promise
    carry: Callable[[list[int]], None]
    """Queues, in the caller's transaction, that the notices of these ids leave."""
    takes_urgent: bool = True
    """Whether urgent notices go by it without having been wished for."""


carriers: Registry[Carrier] = Registry("carriers of notices")
