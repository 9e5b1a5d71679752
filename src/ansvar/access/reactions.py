"""What rights have to say when something happens to people."""

from ansvar.access.commands import LastAdministrator
from ansvar.access.decisions import Role
from ansvar.access.models import RoleGrant
from ansvar.kernel.models import Entry
from ansvar.kernel.reactions import react
from ansvar.kernel.refusal import said
from ansvar.people.facts import PersonDeactivated


@react(PersonDeactivated)
def keep_an_administrator(fact: PersonDeactivated, entry: Entry) -> None:  # noqa: ARG001
    """Refuse to let the last administrator go, who nobody could replace."""
    administrators = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, desk=None)
    was_one = administrators.filter(person=fact.subject_id).exists()
    if was_one and not administrators.filter(person__is_active=True).exists():
        raise LastAdministrator(
            said("This is the last administrator. Give somebody else the role first.")
        )
