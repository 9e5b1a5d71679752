"""The one way in which parts of the product make themselves known to others."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class NameTaken(Exception):
    """Two parts asked for the same name in one registry."""


class Registry(Generic[T]):
    """Named things of one kind, filled while the product starts and only read afterwards."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, name: str) -> Callable[[T], T]:
        """Return a decorator that files what it decorates under *name*.

        Raises: NameTaken.
        """

        def file(item: T) -> T:
            if name in self._items:
                raise NameTaken(f"There are two {self.kind} called {name!r}; rename one of them.")
            self._items[name] = item
            return item

        return file

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def get(self, name: str) -> T | None:
        """Return what is filed under *name*, or nothing."""
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> Iterator[tuple[str, T]]:
        """Walk over names and things in the order of filing."""
        return iter(list(self._items.items()))

    def values(self) -> Iterator[T]:
        """Walk over the things in the order of filing."""
        return iter(list(self._items.values()))
