"""Rows that history keeps in mind while it is told, to be written many at a time."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")


class Backlog(Generic[V]):
    """What is worked out again with every step of a history and need be written but once.

    Values are never changed, only replaced: what fails goes back to those of before.
    """

    def __init__(self, write: Callable[[Sequence[V]], None]) -> None:
        self._write = write
        self._values: dict[int, V] = {}
        self._replaced: list[tuple[int, V | None]] = []

    def get(self, key: int) -> V | None:
        """Return what is kept under a key and not written yet."""
        return self._values.get(key)

    def put(self, key: int, value: V) -> None:
        """Keep a value, instead of the one of before."""
        self._replaced.append((key, self._values.get(key)))
        self._values[key] = value

    @property
    def mark(self) -> int:
        """How much has been put: where `go_back` goes back to."""
        return len(self._replaced)

    def go_back(self, mark: int) -> None:
        """Forget what has been put since."""
        while len(self._replaced) > mark:
            key, before = self._replaced.pop()
            if before is None:
                del self._values[key]
            else:
                self._values[key] = before

    def write(self) -> None:
        """Write everything, and keep nothing any more."""
        values = list(self._values.values())
        self._values.clear()
        self._replaced.clear()
        if values:
            self._write(values)
