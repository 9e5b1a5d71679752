"""How people, places, desks and teams are named where a fact mentions them."""

from ansvar.kernel.names import nouns
from ansvar.people.models import Calendar, Department, Desk, Organisation, Person, Site, Team


@nouns.add("person")
def names_of_persons(ids: set[int]) -> dict[int, str]:
    """Return the names of persons."""
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("desk")
def names_of_desks(ids: set[int]) -> dict[int, str]:
    """Return the names of desks."""
    return dict(Desk.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("team")
def names_of_teams(ids: set[int]) -> dict[int, str]:
    """Return the names of teams."""
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("site")
def names_of_sites(ids: set[int]) -> dict[int, str]:
    """Return the names of sites."""
    return dict(Site.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("organisation")
def names_of_organisations(ids: set[int]) -> dict[int, str]:
    """Return the names of organisations."""
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("department")
def names_of_departments(ids: set[int]) -> dict[int, str]:
    """Return the names of departments."""
    return dict(Department.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("calendar")
def names_of_calendars(ids: set[int]) -> dict[int, str]:
    """Return the names of calendars."""
    return dict(Calendar.objects.filter(pk__in=ids).values_list("pk", "name"))
