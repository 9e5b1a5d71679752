"""What can happen to a ticket on behalf of who answers for its service."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Fact, PersonId, Ref


@dataclass(frozen=True, kw_only=True)
class HolderReminded(
    Fact, name="ticket.holder_reminded", wording=_("reminded {team} that the ticket is with them")
):
    """Who answers for the service reminded whoever holds the ticket."""

    team_id: Annotated[int, Ref("team")]
    assignee_id: PersonId | None = None
    """Who works on it, and so was told; nobody when the team was."""
