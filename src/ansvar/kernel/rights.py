"""Asking whether somebody may, from contexts that lie below the one that knows the answer."""

from collections.abc import Callable
from typing import Any

from ansvar.kernel.actor import Actor
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.registry import Registry


class NotPermitted(Refusal):
    """Somebody tried what their roles do not allow."""

    status = 403

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(
            said("This needs the right “%(right)s”, which you do not have here."), right=permission
        )


judges: Registry[Callable[[Actor, str, Any], bool]] = Registry("judges")
"""Filed once, as "may", by the context that knows roles; nobody may anything before that."""


def may(by: Actor, permission: str, subject: Any = None) -> bool:
    """Tell whether *by* has *permission* on *subject*."""
    judge = judges.get("may")
    return judge is not None and judge(by, permission, subject)


def require(by: Actor, permission: str, subject: Any = None) -> None:
    """Refuse unless *by* has *permission* on *subject*.

    Raises: NotPermitted.
    """
    if not may(by, permission, subject):
        raise NotPermitted(permission)
