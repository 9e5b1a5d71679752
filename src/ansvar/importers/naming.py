"""How imports are named where a fact mentions them."""

from collections.abc import Mapping

from ansvar.importers.models import ImportRun
from ansvar.kernel.names import nouns


@nouns.add("import")
def import_names(ids: set[int]) -> Mapping[int, str]:
    """Return the sources."""
    return dict(ImportRun.objects.filter(pk__in=ids).values_list("pk", "source"))
