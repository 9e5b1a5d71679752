"""Choosing the service level of one ticket by hand."""

from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.servicelevels.commands.keeping import story_kept
from ansvar.servicelevels.decisions.story import course_of
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.servicelevels.facts import LevelChosen
from ansvar.servicelevels.models import LevelVersion
from ansvar.tickets.models import Ticket

NO_LEVEL = 0
"""Instead of a version: the ticket has no agreement with customers at all."""


class LevelNotForTicket(Refusal):
    """The chosen version is no published agreement with customers of the ticket's desk."""


class NoReason(Refusal):
    """A level was to be chosen by hand without saying why."""


@command
def choose_level(ticket_id: int, *, version_id: int | None, reason: str, by: Actor) -> None:
    """Put a ticket under a version of an SLA, under none (`NO_LEVEL`), or back under the rule.

    All its clocks are worked out anew from the beginning. The present choice again: silent.

    Raises: NotPermitted; NoReason; LevelNotForTicket.
    Records: LevelChosen.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    require(by, "ticket.choose_level", ticket)
    words = reason.strip()
    if not words:
        raise NoReason(said("Say why this level; the figures of the level name it."))
    name = ""
    if version_id:
        version = LevelVersion.objects.select_related("level").filter(
            pk=version_id,
            state=LevelVersion.State.PUBLISHED,
            level__kind=LevelKind.SLA,
            level__desk=ticket.desk_id,
        ).first()  # fmt: skip
        if version is None:
            raise LevelNotForTicket(
                said("Choose a published agreement with customers of this desk.")
            )
        name = str(version)
    story = story_kept(ticket_id)
    chosen = course_of(story).traits_at(None).level if story else None
    if chosen == version_id:
        return
    record(
        LevelChosen(subject_id=ticket_id, version_id=version_id, level=name, reason=words), by=by
    )
