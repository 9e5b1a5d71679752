"""Choosing a person: a field that finds by any part of name, phone or mail."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.people.models import Person
from ansvar.people.queries import search_people
from ansvar.ui import render

FOUND = 8


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """A person, chosen from what a search has found; drawn by `workbench/choose-person.html`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Person.objects.filter(is_active=True).select_related("site"),
            empty_label=None,
            error_messages={
                "required": _("Choose a person: type a part of the name, phone or mail."),
                "invalid_choice": _("This person is not active. Choose another."),
            },
            **options,
        )

    @override
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


@page(requires="person.read")
def people_found(request: HttpRequest) -> HttpResponse:
    """Answer with people to choose from, for a field called `field`."""
    field = request.GET.get("field", "person")
    text = request.GET.get(f"{field}-search", "").strip()
    found = search_people(text, by=actor_of(request), limit=FOUND).people if text else []
    context = {
        "found": found,
        "field_name": field,
        "text": text,
        "chosen": "",
    }
    return render.page(request, "workbench/people-found.html", context)


def chosen_person(form: forms.Form, name: str) -> Person | None:
    """Return the person that a form's field stands on, sent or proposed."""
    value = form[name].value()
    return Person.objects.filter(pk=value).select_related("site").first() if value else None


def found_for(request: HttpRequest, name: str) -> list[Person]:
    """Return people for a field whose search was sent without scripts."""
    text = request.POST.get(f"{name}-search", "").strip()
    if not text:
        return []
    return search_people(text, by=actor_of(request), limit=FOUND).people
