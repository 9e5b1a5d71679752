"""From an installation without a demo to one with it, and back."""

from typing import Any

import pytest
from builders import a_desk
from django.apps import apps
from django.db import connection, models
from django.db.models import Sum
from verified import differences

from ansvar.catalogue.models import Service
from ansvar.demo.commands import DemoIsNotThere, is_loaded
from ansvar.demo.load import load, remove
from ansvar.demo.offers import offers
from ansvar.kernel.models import Entry, TableMark
from ansvar.kernel.telling import tell
from ansvar.people.models import Desk, Person, Site, Team
from ansvar.servicelevels.models import BookEdition
from ansvar.tickets.commands import add_note
from ansvar.tickets.models import OPEN_STATES, Link, Ticket
from tickets import a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def test_the_whole_demo_is_what_was_promised():
    words: list[str] = []
    load(words.append)
    assert words
    assert Site.objects.count() == 61
    assert Site.objects.aggregate(share=Sum("business_weight"))["share"] == 100
    assert Person.objects.count() == 200
    assert not [person for person in Person.objects.all() if person.has_usable_password()]
    assert Service.objects.filter(state=Service.State.AGREED).count() == 15
    assert {team.line for team in Team.objects.all()} == {1, 2, 3}
    assert 400 <= Ticket.objects.count() <= 420
    still_open = Ticket.objects.filter(state__in=OPEN_STATES)
    assert 25 <= still_open.count() <= 70
    assert {1, 2, 3, 4, 5} == set(Ticket.objects.values_list("priority", flat=True))
    assert Ticket.objects.filter(reopen_count__gt=0).exists()
    assert Ticket.objects.filter(is_overridden=True).exists()
    assert Ticket.objects.filter(bounce_count__gt=0).count() > 5
    assert Link.objects.count() > 5
    assert differences() == []
    assert tell(Entry.objects.order_by("-pk")[:500])


def every_row() -> dict[str, list[Any]]:
    """All rows of all tables of the product, but for the journal and what counts changes."""
    kept = [
        model for model in apps.get_models()
        if model.__module__.startswith("ansvar.") and model not in {Entry, BookEdition, TableMark}
    ]  # fmt: skip
    return {model.__name__: rows_of(model) for model in kept}


def rows_of(model: type[models.Model]) -> list[Any]:
    return list(model._base_manager.order_by("pk").values_list())


def sequences() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'S' AND relname LIKE 'ticket_n%'"
        )
        return {name for (name,) in cursor.fetchall()}


def test_removing_leaves_what_was_there_and_nothing_else():
    place = a_workplace()
    add_note(a_ticket(place).pk, text="Real.", by=place.by)
    rows, numbers = every_row(), sequences()
    entries = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    load(lambda _words: None, tickets=20)
    assert is_loaded()
    assert every_row() != rows

    remove()

    assert not is_loaded()
    assert every_row() == rows
    assert sequences() == numbers
    assert Entry.objects.filter(pk__in=entries).count() == len(entries)
    left = Entry.objects.exclude(pk__in=entries)
    assert set(left.values_list("fact", flat=True)) == {"journal.forgotten"}
    load(lambda _words: None, tickets=5)
    assert is_loaded()


def test_removing_what_is_not_there_is_refused():
    with pytest.raises(DemoIsNotThere):
        remove()


def test_nobody_is_offered_without_the_demo():
    assert list(offers()) == []


def test_a_prefix_that_is_taken_gets_a_number():
    a_desk(prefix="IT")
    load(lambda _words: None, tickets=1)
    assert set(Desk.objects.values_list("prefix", flat=True)) == {"IT", "IT2", "HR"}
