"""Tickets by their words: the newest first looked at, the best of them first shown.

To rank all that have a common word would mean to read a tenth of all tickets. So a search looks at
windows of tickets in order of their opening, the newest first, and ranks those that it finds there;
a rare word is looked for everywhere. In each case the cost is that of what is looked at, whatever
the number of all tickets, and who searches is told whether it was all.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db.models import F, Q, QuerySet

from ansvar.kernel.composed import Given, IdsGiven, among, composed
from ansvar.tickets.models import SEARCH_LANGUAGES, WINDOW_BITS, Ticket, window_of
from ansvar.tickets.queries import IN_A_LINE, SHOWN_WITH
from ansvar.tickets.queue import Along
from ansvar.tickets.sight import Reach, Viewer, given_viewer, visible_tickets

RANKED = 100
"""Of so many of the newest it is worked out how well they fit."""
ENOUGH = 30
"""With so many found among the newest, older ones are not looked for."""
FEW = 1000
"""Up to so many are looked at wherever they stand; beyond, the newest of them."""
NEWEST_WINDOWS = 2
FURTHER_WINDOWS = 64


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Tickets that have the words of a text."""

    ids: list[int]
    """The newest first."""
    is_all: bool
    """Whether there are no others; else these are the newest."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Tickets that a text finds, the best first."""

    tickets: list[Ticket]
    looked_at: int
    """How many of those with the words were ranked."""
    is_all: bool
    """Whether those were all that have the words."""


def words_in_tickets(text: Any) -> Q:
    """Return the condition for tickets that have the words of *text*, which may be given later."""
    return Q(search=_query(text))


def _query(text: Any) -> SearchQueryCombinable:
    query: SearchQueryCombinable = SearchQuery(text, config="simple", search_type="websearch")
    for configuration in SEARCH_LANGUAGES.values():
        query |= SearchQuery(text, config=configuration, search_type="websearch")
    return query


def matching(viewer: Viewer, text: str) -> Matches:
    """Return the tickets the viewer sees that have the words of *text*, or are called so."""
    words, reach = text.strip(), viewer.reach_on(None)
    told = {"words": words, "reference": words.upper(), **viewer.values(None)}
    last = max((pk for (pk,) in _last_id().tuples()), default=0) >> WINDOW_BITS
    newest = _within(reach).tuples(windows=_up_to(last, NEWEST_WINDOWS), **told)
    if len(newest) >= ENOUGH:
        return _sorted(newest, is_all=False)
    everywhere = _anywhere(reach).tuples(**told)
    if len(everywhere) <= FEW:
        return _sorted(everywhere, is_all=True)
    found = _within(reach).tuples(windows=_up_to(last, FURTHER_WINDOWS), **told)
    return _sorted(found if len(found) >= ENOUGH else everywhere, is_all=False)


def found_tickets(viewer: Viewer, text: str, *, most: int, along: Along | None = None) -> Found:
    """Return tickets that have the words of *text*, or are called so; the best *most* of them."""
    matches = matching(viewer, text)
    looked_at = matches.ids[:RANKED]
    rows = _ranked(most, along).rows(words=text.strip(), ids=looked_at) if looked_at else []
    is_all = matches.is_all and len(matches.ids) <= RANKED
    return Found(tickets=rows, looked_at=len(looked_at), is_all=is_all)


def _up_to(last: int, count: int) -> list[int]:
    return list(range(max(0, last - count + 1), last + 1))


def _sorted(found: list[tuple[int]], *, is_all: bool) -> Matches:
    return Matches(ids=sorted((pk for (pk,) in found), reverse=True), is_all=is_all)


@composed
def _last_id() -> "QuerySet[Ticket, Any]":
    return Ticket.objects.order_by("-id").values_list("id")[:1]


@composed
def _within(reach: Reach) -> "QuerySet[Ticket, Any]":
    """Ask for those of some windows: unordered, or the database would walk through all tickets."""
    seen = visible_tickets(given_viewer(reach)).annotate(window=window_of(F("id")))
    here = seen.filter(among("window", IdsGiven("windows")), words_in_tickets(Given("words")))
    return here.order_by().values_list("id")[: 2 * FEW]


@composed
def _anywhere(reach: Reach) -> "QuerySet[Ticket, Any]":
    seen = visible_tickets(given_viewer(reach)).order_by()
    by_words = seen.filter(words_in_tickets(Given("words"))).values_list("id")[: FEW + 1]
    return by_words.union(seen.filter(reference=Given("reference")).values_list("id"))


@composed
def _ranked(most: int, along: Along | None) -> QuerySet[Ticket]:
    """Ask for the best of some tickets; among equals for what was touched last."""
    fits = SearchRank(F("search"), _query(Given("words")))
    found = Ticket.objects.filter(among("id", IdsGiven("ids"))).annotate(fits=fits)
    read = found.select_related(*SHOWN_WITH).only(*IN_A_LINE)
    told = read.annotate(**along()) if along is not None else read
    return told.order_by("-fits", "-changed_at", "-id")[:most]
