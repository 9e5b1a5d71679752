"""What somebody has typed and not sent: kept per person and place, never a fact."""

from ansvar.kernel import clock
from ansvar.kernel.command import command
from ansvar.tickets.models import Draft


@command
def save_draft(*, person_id: int, place: str, text: str) -> None:
    """Keep what was typed; an empty text forgets the draft."""
    if text.strip():
        Draft.objects.update_or_create(
            person_id=person_id, place=place, defaults={"text": text, "saved_at": clock.now()}
        )
    else:
        discard_draft(person_id=person_id, place=place)


@command
def discard_draft(*, person_id: int, place: str) -> None:
    """Forget what was typed, because it was sent or given up."""
    Draft.objects.filter(person_id=person_id, place=place).delete()
