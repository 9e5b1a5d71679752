"""Rights that follow from what somebody is to a subject, filed by the contexts above."""

from collections.abc import Callable
from typing import Any

from ansvar.kernel.registry import Registry

Relation = Callable[[int, Any], bool]
"""From a person's id and a subject to whether the right follows."""

relations: Registry[Relation] = Registry("relations")
"""By permission: `relations.add("ticket.confirm")` decorates a predicate."""
