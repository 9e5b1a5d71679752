"""Plain lookup tables: a list and a form each, declared instead of written out.

Only for tables where a row is a handful of fields and nothing else; all writing goes through the
commands that the declaration names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ansvar.access.middleware import actor_of
from ansvar.access.pages import page
from ansvar.workbench.admin.framing import carried_out, history_of, list_page, shown

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the list: its heading and how a row's value is found."""

    heading: Text
    value: Callable[[Any], Any]
    kind: str = ""
    """"number" for figures."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A lookup table with its pages."""

    name: str
    """Part of the addresses and of their names, such as `sites`."""
    noun: str
    """As facts call it, such as `site`."""
    title: Text
    new_title: Text
    empty_text: Text
    icon: str
    requires: str
    form: type[forms.Form]
    rows: Callable[[], QuerySet[Any]]
    columns: tuple[Column, ...]
    create: Callable[..., Model]
    edit: Callable[..., Model]
    fixed: tuple[str, ...] = ()
    """Fields that are given once and never changed."""

    def urls(self) -> list[URLPattern]:
        """Return the addresses of the list, of a new row and of one row."""
        place = f"admin-{self.name}"
        return [
            path(f"{self.name}/", self._list(), name=place),
            path(f"{self.name}/new", self._new(), name=f"{place}-new"),
            path(f"{self.name}/<int:pk>", self._one(), name=f"{place}-one"),
        ]

    def _list(self) -> Callable[..., HttpResponseBase]:
        @page(requires=self.requires)
        def lookup_list(request: HttpRequest) -> HttpResponse:
            """Show the rows by name."""
            found = list_page(request, self.rows())
            context = {"lookup": self, "found": found}
            return shown(request, "lookup-list.html", context, place=f"admin-{self.name}")

        return lookup_list

    def _new(self) -> Callable[..., HttpResponseBase]:
        @page("GET", "POST", requires=self.requires)
        def lookup_new(request: HttpRequest) -> HttpResponse:
            """Make a row."""
            form = self.form(request.POST or None)
            if request.method == "POST" and form.is_valid():
                made = carried_out(
                    form, lambda: self.create(by=actor_of(request), **form.cleaned_data)
                )
                if made is not None:
                    messages.success(request, _("%(name)s is there.") % {"name": made})
                    return redirect(f"admin-{self.name}")
            return self._form_page(request, form, None)

        return lookup_new

    def _one(self) -> Callable[..., HttpResponseBase]:
        @page("GET", "POST", requires=self.requires)
        def lookup_one(request: HttpRequest, pk: int) -> HttpResponse:
            """Show and change a row."""
            row = get_object_or_404(self.rows(), pk=pk)
            names = [name for name in self.form.base_fields if name not in self.fixed]
            initial = {name: _initial(row, name) for name in self.form.base_fields}
            form = self.form(request.POST or None, initial=initial)
            for name in self.fixed:
                form.fields[name].disabled = True
            if request.method == "POST" and form.is_valid():
                wanted = {name: form.cleaned_data[name] for name in names}
                done = carried_out(form, lambda: self.edit(pk, by=actor_of(request), **wanted))
                if done is not None:
                    messages.success(request, _("The change is kept."))
                    return redirect(f"admin-{self.name}")
            return self._form_page(request, form, row)

        return lookup_one

    def _form_page(self, request: HttpRequest, form: forms.Form, row: Any) -> HttpResponse:
        context = {
            "lookup": self,
            "form": form,
            "row": row,
            "told": history_of(self.noun, row.pk) if row else [],
            "list_url": reverse(f"admin-{self.name}"),
        }
        status = 422 if form.errors else 200
        place = f"admin-{self.name}"
        return shown(request, "lookup-form.html", context, place=place, status=status)


def _initial(row: Model, name: str) -> Any:
    value = getattr(row, name)
    return value.pk if isinstance(value, Model) else value
