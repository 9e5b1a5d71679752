"""How services, scripts and what is needed are named where a fact mentions them."""

from ansvar.catalogue.models import NeededFact, Script, Service
from ansvar.kernel.names import nouns


@nouns.add("service")
def names_of_services(ids: set[int]) -> dict[int, str]:
    """Return the names of services."""
    return dict(Service.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("script")
def names_of_scripts(ids: set[int]) -> dict[int, str]:
    """Return the names of scripts."""
    return dict(Script.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("needed_fact")
def names_of_needed_facts(ids: set[int]) -> dict[int, str]:
    """Return the names of what services need to know."""
    return dict(NeededFact.objects.filter(pk__in=ids).values_list("pk", "name"))
