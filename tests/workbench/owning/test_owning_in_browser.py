"""The owner's pages for everybody, and deciding without a mouse."""

import pytest
from browser import Opened, problems_of_pages
from builders import acting
from owned import an_owned_service
from playwright.sync_api import expect

from ansvar.access.commands import grant_role
from ansvar.access.decisions import Role
from ansvar.kernel.actor import SYSTEM
from ansvar.tickets.commands import hand_over_ticket
from ansvar.tickets.models import HandOverRequest
from tickets import handed_back

pytestmark = pytest.mark.browser


def test_owners_pages_are_accessible_and_hand_overs_are_decided_by_keys_alone(opened: Opened):
    owned = an_owned_service()
    bounced = handed_back(owned.ticket(), owned.place.second, by=owned.place.by)
    handed_back(bounced, owned.place.first, by=acting(owned.second))
    first, second, third = (owned.asked() for _ in range(3))
    ticket = owned.ticket()
    grant_role(owned.owner.pk, Role.ADMINISTRATOR, desk=None, by=SYSTEM)
    hand_over_ticket(ticket.pk, team=owned.place.second, reason="Yours", by=acting(owned.owner))
    addresses = [
        "/services/mine/",
        f"/services/{owned.service.pk}/hand-overs/",
        "/services/letter/",
        "/services/uncovered/",
        f"/admin/desks/{owned.place.desk.pk}/hand-overs",
    ]
    found = problems_of_pages(opened, addresses, as_=owned.owner)
    assert not found, "\n".join(found)

    page = opened("/services/mine/", as_=owned.owner)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("3")
    expect(page.locator("#toasts")).to_contain_text(f"{second.ticket.reference}: a task given")
    # The focus is on what waits next.
    expect(page.locator(".to-decide").first.locator("[data-row]")).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator(".to-decide")).to_have_count(1)
    page.keyboard.press("2")
    expect(page.locator("#decisions")).to_contain_text("Nothing waits for you")
    answers = dict(HandOverRequest.objects.values_list("pk", "answer"))
    assert [answers[one.pk] for one in (first, second, third)] == ["give", "split", "keep"]
