import re

import pytest
from builders import a_published_script, a_site, an_agreed_service
from django.test import Client
from django.urls import reverse

from ansvar.catalogue.decisions import DEFAULT_CELLS
from ansvar.catalogue.queries import matrix_in_force
from ansvar.tickets.commands import classify_ticket, override_priority
from ansvar.tickets.models import Ticket
from tickets import a_resolved_ticket, a_ticket, a_workplace

pytestmark = pytest.mark.django_db


def form_of(cells=DEFAULT_CELLS, **more: str) -> dict[str, str]:
    return {
        f"cell_{impact}_{urgency}": str(cell)
        for impact, row in enumerate(cells, 1)
        for urgency, cell in enumerate(row, 1)
    } | more


def test_a_preview_counts_what_would_change_and_keeps_nothing(admin: Client):
    place = a_workplace()
    service = an_agreed_service(place.desk, urgency=3)
    script = a_published_script(place.desk, service)
    heavy = a_site(business_weight="4")
    classified = a_ticket(place, service=service, site=heavy)
    classify_ticket(classified.pk, script_version_id=script.pk, answers=[2], by=place.by)
    a_ticket(place, service=service)
    a_ticket(place, service=service)
    a_resolved_ticket(place, service=service)
    by_hand = a_ticket(place, service=service)
    override_priority(by_hand.pk, priority=1, reason="Agreed.", by=place.by)
    before = list(Ticket.objects.order_by("pk").values_list("priority", flat=True))
    address = reverse("admin-matrix", args=[place.desk.pk])
    # Impact 4 is raised to 3 by the site's weight: P4 to P3. The two assumed 3 go from P3 to P2.
    cells = [[1, 1, 1, 3], [1, 2, 2, 3], [2, 2, 2, 4], [3, 4, 4, 5]]
    page = admin.post(address, form_of(cells, raise_from_weight="3", preview="1")).content.decode()
    table = page.split("weighed anew")[-1].split("</table>")[0]
    numbers = [int(one or two) for one, two in re.findall(r"P(\d)|number\">(\d+)<", table)]
    assert numbers == [3, 2, 2, 4, 2, 1]
    assert matrix_in_force(place.desk.pk).number == 1
    assert list(Ticket.objects.order_by("pk").values_list("priority", flat=True)) == before
    nothing = admin.post(address, form_of(preview="1")).content.decode()
    assert "Nothing would change" in nothing
