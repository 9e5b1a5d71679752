"""Desks, teams and sites, which every process remembers."""

from typing import Final

from ansvar.kernel.small_tables import SmallTable
from ansvar.people.models import Desk, Site, Team

DESKS: Final = SmallTable(Desk)
TEAMS: Final = SmallTable(Team)
SITES: Final = SmallTable(Site)
