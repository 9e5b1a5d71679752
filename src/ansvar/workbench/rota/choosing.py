"""Fields that the forms of the rota share: people of a desk, moments, hours."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ansvar.people.models import Desk, Person
from ansvar.rota.models import DUTY_NAMES


def people_at(desk: Desk) -> QuerySet[Person]:
    """Return those who work at a desk by role, by name."""
    at_desk = Q(role_grants__desk=desk) | Q(role_grants__isnull=False, role_grants__desk=None)
    return Person.objects.filter(at_desk, is_active=True).distinct().order_by("name", "pk")


def duty_choices() -> list[tuple[str, str]]:
    """Return the duties to choose from, with a capital letter."""
    return [(str(duty), str(name).capitalize()) for duty, name in DUTY_NAMES.items()]


def moment_field(label: Any) -> forms.DateTimeField:
    """Return a field for day and time, in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


def hour_field(label: Any, **options: Any) -> forms.TimeField:
    """Return a field for a time of day."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, **options)


class PeopleField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """Somebody out of a short list, which the form fills in when it is made."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Person.objects.none(), **options)


def offer(form: forms.Form, people: QuerySet[Person], **fields: str) -> None:
    """Let *fields* choose among *people*, each with its words for nobody; with one query."""
    names = [(person.pk, person.name) for person in people]
    for name, empty in fields.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared in the form
        field.queryset = people
        field.choices = [("", empty or _("choose somebody")), *names]
