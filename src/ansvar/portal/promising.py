"""What requesters read of how long matters take, where an administrator allows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansvar.catalogue.models import Service
from ansvar.insight.explaining import promise_in_words
from ansvar.insight.promising import ByKinds, shown_promises, shown_promises_of_desks
from ansvar.people.models import Desk
from ansvar.tickets.decisions import Kind
from ansvar.tickets.models import KIND_NAMES


@dataclass(frozen=True, kw_only=True)
class ToldPromise:
    """A promise in words, and for which kinds of matters it holds."""

    kinds: tuple[str, ...]
    names: str
    """Of the kinds; nothing when one promise holds for all."""
    words: str


def told_of_service(service: Service) -> list[ToldPromise]:
    """Return what requesters read on the card of a service."""
    return _told(shown_promises([service]).get(service.pk, []))


def told_on_form(
    groups: Iterable[tuple[Desk, list[Service]]],
) -> Mapping[str, list[ToldPromise]]:
    """Return what requesters read when they choose what it is about, by the choice's value."""
    listed = list(groups)
    services = shown_promises([service for _desk, ones in listed for service in ones])
    desks = shown_promises_of_desks([desk for desk, _ones in listed])
    return {f"service:{pk}": _told(found) for pk, found in services.items()} | {
        f"desk:{pk}": _told(found) for pk, found in desks.items()
    }


def _told(found: list[ByKinds]) -> list[ToldPromise]:
    return [
        ToldPromise(
            kinds=kinds,
            names=", ".join(str(KIND_NAMES[Kind(kind)]) for kind in kinds)
            if len(found) > 1
            else "",
            words=promise_in_words(promise),
        )
        for kinds, promise in found
    ]
