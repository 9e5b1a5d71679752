"""What notices can be about: each context files its kinds, with the sentences they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ansvar.kernel.registry import Registry


def as_they_are(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return values that need no other words."""
    return {name: str(value) for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class NoticeKind:
    """One kind of notice. Its words are made when they are read, in the reader's language."""

    label: str | Promise
    """What such notices are about, for those who choose how to hear of them."""
    icon: str
    sentences: Mapping[str, str | Promise]
    """By name. `{reference}` and `{subject}` are the ticket's, the rest are the notice's values."""
    words: Callable[[Mapping[str, Any]], Mapping[str, str]] = as_they_are
    """Turns a notice's values into words."""
    path: Callable[[], str] | None = None
    """Where a notice without ticket leads."""
    place: Callable[[Mapping[str, Any]], str] | None = None
    """The same where it depends on the notice's values."""
    usual: frozenset[str] = frozenset()
    """Names of carriers by which it leaves unless its reader has chosen otherwise."""


kinds: Registry[NoticeKind] = Registry("kinds of notices")
