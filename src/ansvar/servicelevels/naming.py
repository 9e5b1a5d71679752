"""How levels are named where a fact mentions them."""

from ansvar.kernel.names import nouns
from ansvar.servicelevels.models import LevelVersion


@nouns.add("level_version")
def names_of_versions(ids: set[int]) -> dict[int, str]:
    """Return the names of versions, with their numbers."""
    rows = LevelVersion.objects.filter(pk__in=ids).select_related("level")
    return {row.pk: str(row) for row in rows}
