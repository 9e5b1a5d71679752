"""Whom of the demo's people one may try the product as, by one click on the machine itself."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ansvar.people.models import Person
from ansvar.workbench.log_in import Offer, log_in_offers

# The addresses stand here in full: the texts of the demo are loaded only when it is made.
PEOPLE: dict[str, str | Promise] = {
    "elin.sjodahl@lindblom.example": _(
        "agent. A big pharmacy cannot sell: see who has held that ticket, and why it came back."
    ),
    "markus.hedvall@lindblom.example": _(
        "team lead of the service desk. Give out what nobody has taken yet."
    ),
    "petra.ekwall@lindblom.example": _(
        "owner of the cash desk service. Under My services two hand-overs wait for her; or change"
        " its impact script, test it, publish it."
    ),
    "amina.warsame@lindblom.example": _(
        "requester, manager of a pharmacy. Report something, and confirm what was mended."
    ),
    "johanna.lidmark@lindblom.example": _(
        "agent of the HR desk. Her tickets are seen by nobody in IT."
    ),
    "tobias.renfeldt@lindblom.example": _(
        "administrator. Set up desks, teams, roles and the priority matrix."
    ),
    "sten.odlund@lindblom.example": _("auditor. Reads everything, changes nothing."),
}
"""E-mail address to role and what to try."""


@log_in_offers.add("demo")
def offers() -> Iterable[Offer]:
    """Return those of the demo's people who are there."""
    found = Person.objects.filter(
        contact_points__channel="email", contact_points__normalised__in=PEOPLE, is_active=True
    ).values_list("contact_points__normalised", "pk", "name")
    known = {address: (pk, name) for address, pk, name in found}
    return [
        Offer(person_id=known[address][0], name=known[address][1], detail=str(detail))
        for address, detail in PEOPLE.items()
        if address in known
    ]
