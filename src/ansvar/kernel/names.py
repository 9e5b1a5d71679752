"""Names for the ids that facts carry, looked up many at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from ansvar.kernel.registry import Registry
from ansvar.kernel.small_tables import at_one_moment

Lookup = Callable[[set[int]], Mapping[int, str]]

nouns: Registry[Lookup] = Registry("nouns")
"""Each context files how its things are named, for example `nouns.add("person")`."""


def names_of(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the names of (noun, id) pairs with one look-up per noun; unknown ones are left out."""
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, pk in wanted:
        by_noun[noun].add(pk)
    found: dict[tuple[str, int], str] = {}
    with at_one_moment():
        for noun, ids in by_noun.items():
            lookup = nouns.get(noun)
            if lookup is not None:
                found |= {(noun, pk): name for pk, name in lookup(ids).items()}
    return found
