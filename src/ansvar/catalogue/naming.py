"""How services, scripts and what is needed are named where a fact mentions them."""

from ansvar.catalogue.models import Script
from ansvar.catalogue.small_tables import NEEDED_FACTS, SERVICES
from ansvar.kernel.names import nouns


@nouns.add("service")
def names_of_services(ids: set[int]) -> dict[int, str]:
    """Return the names of services."""
    return SERVICES.values_of("name", ids)


@nouns.add("script")
def names_of_scripts(ids: set[int]) -> dict[int, str]:
    """Return the names of scripts."""
    return dict(Script.objects.filter(pk__in=ids).values_list("pk", "name"))


@nouns.add("needed_fact")
def names_of_needed_facts(ids: set[int]) -> dict[int, str]:
    """Return the names of what services need to know."""
    return NEEDED_FACTS.values_of("name", ids)
