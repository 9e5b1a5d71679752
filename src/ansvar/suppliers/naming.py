"""How suppliers and their tasks are named where a fact mentions them."""

from collections.abc import Mapping

from ansvar.kernel.names import nouns
from ansvar.suppliers.models import Supplier, SupplierTask


@nouns.add("supplier")
def supplier_names(ids: set[int]) -> Mapping[int, str]:
    """Return the names of their organisations."""
    return dict(Supplier.objects.filter(pk__in=ids).values_list("pk", "organisation__name"))


@nouns.add("supplier_task")
def task_names(ids: set[int]) -> Mapping[int, str]:
    """Return the references."""
    return dict(SupplierTask.objects.filter(pk__in=ids).values_list("pk", "reference"))
