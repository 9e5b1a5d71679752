"""Addresses of pages, each worked out once: a page has dozens of links, most of them always."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.urls.base import get_urlconf

_Pairs = tuple[tuple[str, object], ...]

KEPT = 8192
"""Addresses of things, such as tickets, come and go; those asked for last stay."""


def address(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of the page called *name*.

    Raises: NoReverseMatch.
    """
    book = get_urlconf() or settings.ROOT_URLCONF
    return _worked_out(
        book, get_script_prefix(), name=name, args=args, kwargs=tuple(kwargs.items())
    )


@lru_cache(maxsize=KEPT)
def _worked_out(
    book: str, _below: str, *, name: str, args: tuple[object, ...], kwargs: _Pairs
) -> str:
    return reverse(name, urlconf=book, args=args or None, kwargs=dict(kwargs) or None)
