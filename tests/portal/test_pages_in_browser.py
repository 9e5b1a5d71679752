"""Requesters' pages in a real browser: without violations, at 360 px, and without scripts."""

from dataclasses import dataclass
from typing import Any

import pytest
from browser import (  # noqa: F401 - fixtures
    Opened,
    accessibility_problems,
    complaints,
    opened,
    overflow,
    served,
    the_browser,
)
from builders import a_person, a_published_script, acting, an_agreed_service
from desktops import client_of
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, expect

from ansvar.conversations.commands import post_message, write_reply
from ansvar.conversations.tokens import resolution_token
from ansvar.people.models import Person
from ansvar.tickets.commands import wait_with_ticket
from ansvar.tickets.decisions import WaitingFor
from ansvar.tickets.models import Ticket
from tickets import Workplace, a_resolved_ticket, a_ticket, a_workplace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 360, "height": 800}


@dataclass(kw_only=True)
class Stage:
    """A requester with matters in several states."""

    place: Workplace
    person: Person
    waiting: Ticket
    resolved: Ticket
    plain: Ticket
    service_id: int

    def paths(self) -> dict[str, str]:
        return {
            "home": "/portal/",
            "search": "/portal/?q=cashier",
            "report": "/portal/report/",
            "list": "/portal/tickets/",
            "nothing": "/portal/tickets/?show=closed",
            "waiting": f"/portal/tickets/{self.waiting.reference}/",
            "resolved": f"/portal/tickets/{self.resolved.reference}/",
            "questions": f"/portal/tickets/{self.plain.reference}/questions/",
            "answered": f"/portal/tickets/{self.plain.reference}/questions/?a=0",
            "services": "/portal/services/",
            "card": f"/portal/services/{self.service_id}/",
            "link": reverse("resolution", args=[resolution_token(self.resolved)]),
            "preferences": "/preferences/",
            "interface": "/api/v1/docs/",
        }


def a_stage() -> Stage:
    place = a_workplace()
    person = a_person(name="Anna Lindqvist", login="anna")
    service = an_agreed_service(place.desk, name="Cashier", summary="Selling at the till")
    waiting = a_ticket(
        place, requester=person, service=service, subject="Drawer stuck", description="Since noon."
    )
    post_message(waiting.pk, text="It is the left one.", by=acting(person))
    write_reply(waiting.pk, text="Which till, **1 or 2**?", by=place.by)
    wait_with_ticket(waiting.pk, waiting_for=WaitingFor.REQUESTER, by=place.by)
    resolved = a_resolved_ticket(place, requester=person, subject="Printer prints half")
    plain = a_ticket(place, requester=person, subject="New scanner")
    a_published_script(place.desk)
    return Stage(
        place=place,
        person=person,
        waiting=waiting,
        resolved=resolved,
        plain=plain,
        service_id=service.pk,
    )


def test_no_page_has_a_violation_in_either_theme_or_is_too_wide(opened: Opened):  # noqa: F811
    stage = a_stage()
    found: dict[str, Any] = {}
    page = opened("/portal/", as_=stage.person)
    start = page.url.removesuffix("/portal/")
    for name, path in stage.paths().items():
        page.goto(f"{start}{path}", wait_until="load")
        if problems := accessibility_problems(page):
            found[name] = problems
        # The last width that was looked at is the narrow one.
        if wider := overflow(page):
            found[f"{name}, too wide"] = wider
    assert found == {}


def test_without_scripts_one_reports_writes_and_refuses(
    chromium: Browser,
    served: str,  # noqa: F811
):
    stage = a_stage()
    key = client_of(stage.person).cookies[settings.SESSION_COOKIE_NAME].value
    with chromium.new_context(
        base_url=served, java_script_enabled=False, viewport=NARROW
    ) as context:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": served}])
        page = context.new_page()
        page.goto("/portal/")
        page.get_by_role("link", name="Report something").first.click()
        page.get_by_label("In one line: what is it?").fill("Label printer prints half")
        page.get_by_label("More, if you like").fill("At counter 2.")
        page.get_by_label("Cashier").check()
        page.get_by_label("Photos or files").set_input_files(
            {"name": "label.txt", "mimeType": "text/plain", "buffer": b"half"}
        )
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Who cannot work?")
        page.get_by_role("button", name="One person").click()
        page.get_by_role("button", name="Tell the desk").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Label printer prints half")
        expect(page.get_by_role("link", name="label.txt")).to_be_visible()
        expect(page.get_by_text("this proposes impact 4")).to_be_visible()
        page.get_by_label("Write to the desk").fill("It got worse.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("It got worse.")).to_be_visible()

        page.goto(stage.paths()["resolved"])
        page.get_by_text("Not solved").click()
        page.get_by_label("What does not work?").fill("Still half.")
        page.get_by_role("button", name="Send it back to work").click()
        expect(page.get_by_text("We have taken it up again")).to_be_visible()
        expect(page.get_by_text("Still half.")).to_be_visible()


def test_the_link_of_the_mail_needs_no_log_in(opened: Opened):  # noqa: F811
    stage = a_stage()
    page = opened(stage.paths()["link"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Printer prints half")
    page.get_by_role("button", name="It works").click()
    expect(page.get_by_text("is closed.").first).to_be_visible()


def test_an_answer_of_the_desk_appears_by_itself(opened: Opened):  # noqa: F811
    stage = a_stage()
    page = opened(stage.paths()["waiting"], as_=stage.person)
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.mouse.move(0, 0)
    write_reply(stage.waiting.pk, text="We bring a new drawer.", by=stage.place.by)
    expect(page.get_by_text("We bring a new drawer.")).to_be_visible()
