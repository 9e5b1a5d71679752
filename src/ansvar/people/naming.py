"""How people, places, desks and teams are named where a fact mentions them."""

from ansvar.kernel.names import nouns
from ansvar.people.models import Calendar, Department, Organisation, Person
from ansvar.people.small_tables import DESKS, SITES, TEAMS


@nouns.add("person")
def names_of_persons(ids: set[int]) -> dict[int, str]:
    """Return the names of persons."""
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("desk")
def names_of_desks(ids: set[int]) -> dict[int, str]:
    """Return the names of desks."""
    return DESKS.values_of("name", ids)


@nouns.add("team")
def names_of_teams(ids: set[int]) -> dict[int, str]:
    """Return the names of teams."""
    return TEAMS.values_of("name", ids)


@nouns.add("site")
def names_of_sites(ids: set[int]) -> dict[int, str]:
    """Return the names of sites."""
    return SITES.values_of("name", ids)


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
