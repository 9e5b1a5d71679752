"""Services, priority matrices and what services need to know, which every process remembers."""

from typing import Final

from ansvar.catalogue.models import Matrix, NeededFact, Service
from ansvar.kernel.small_tables import SmallTable

SERVICES: Final = SmallTable(Service)
MATRICES: Final = SmallTable(Matrix, order="number DESC")
"""The one in force first."""
NEEDED_FACTS: Final = SmallTable(NeededFact, order="position, id")
