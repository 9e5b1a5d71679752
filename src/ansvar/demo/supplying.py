"""Suppliers of the demo organisation, and what one of them is asked today."""

from collections.abc import Callable

from ansvar.demo.casework import Case
from ansvar.demo.founding import MAKER, Company, acting
from ansvar.people.commands import create_organisation
from ansvar.people.models import Organisation
from ansvar.suppliers.commands import (
    Contact,
    Errand,
    ask_supplier,
    note_their_reference,
    register_supplier,
)
from ansvar.suppliers.models import Supplier

TILLS = "Norrkassa AB"
LINES = "Lapplinjen Bredband AB"


def found_suppliers(made: Company) -> None:
    """Make the partners known that the IT desk asks for help."""
    register_supplier(
        organisation=made.suppliers[TILLS],
        desks=[made.desks["IT"]],
        address="arenden@norrkassa.example",
        domains=["norrkassa.example"],
        language="sv",
        pattern="NK-#",
        contract="Frame contract 2024-117, paragraph 6",
        remind_after=8,
        remarks="Customer number 40 118. Names of shops are enough, they know our tills.",
        contacts=[
            Contact(
                name="Ylva Storm",
                address="ylva.storm@norrkassa.example",
                phone="+46 8 123 45 60",
                about="escalations",
            )
        ],
        by=MAKER,
    )
    register_supplier(
        organisation=_organisation(LINES),
        desks=[made.desks["IT"]],
        language="sv",
        pattern="LB*",
        is_named_to_requesters=True,
        remarks="Faults are reported on their portal; the number of the line is on the card of "
        "the site.",
        contacts=[Contact(name="Fault desk", phone="+46 90 123 45", about="faults, day and night")],
        by=MAKER,
    )


def asks_supplier(subject: str, words: str, *, theirs: str) -> Callable[[Case], None]:
    """Return the step in which whoever works on it asks the operator of the line on its portal."""

    def step(case: Case) -> None:
        supplier = Supplier.objects.get(organisation__name=LINES)
        by = acting(case.agent)
        errand = Errand(supplier=supplier, subject=subject, words=words, recipient="")
        task = ask_supplier(case.ticket_id, errand=errand, by=by)
        note_their_reference(task.pk, theirs=theirs, by=by)

    return step


def _organisation(name: str) -> Organisation:
    return create_organisation(name=name, by=MAKER)
