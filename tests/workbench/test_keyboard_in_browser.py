"""An agent's day without a mouse, with live news."""

import re

import pytest
from browser import Opened
from builders import acting
from desktops import a_desktop
from playwright.sync_api import expect

from ansvar.conversations.commands.talking import post_message
from ansvar.conversations.models import Message
from ansvar.tickets.commands import edit_ticket
from tickets import a_ticket

pytestmark = pytest.mark.browser


def test_from_the_queue_to_a_kept_priority_by_keys_alone(opened: Opened):
    desk = a_desktop()
    first = a_ticket(desk, service=desk.service, subject="First matter")
    second = a_ticket(desk, service=desk.service, subject="Second matter")
    page = opened("/queue/needs-you/", as_=desk.agent)
    expect(page.locator("#peek .peek-title")).to_have_text("First matter")
    page.keyboard.press("j")
    expect(page.locator("#peek .peek-title")).to_have_text("Second matter")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text(f"{second.reference} is yours.")
    expect(page.locator(f"#row-{second.reference} .holder")).to_contain_text("me")
    page.keyboard.press("k")
    expect(page.locator("#peek .peek-title")).to_have_text("First matter")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{first.reference}/")
    page.keyboard.press("c")
    page.wait_for_url("**/classify/")
    page.keyboard.press("2")
    page.wait_for_url("**/classify/?path=1")
    page.keyboard.press("Backspace")
    page.wait_for_url("**/classify/?path=")
    page.keyboard.press("1")
    page.wait_for_url("**/classify/?path=0")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/tickets/{first.reference}/")
    first.refresh_from_db()
    assert first.impact == 1


def test_writing_a_note_by_keys(opened: Opened):
    desk = a_desktop()
    ticket = a_ticket(desk)
    page = opened(f"/tickets/{ticket.reference}/", as_=desk.agent)
    page.keyboard.press("n")
    expect(page.locator("#write-note")).to_be_focused()
    page.keyboard.type("Ask Per first.")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry.note")).to_contain_text("Ask Per first.")
    expect(page.locator("#write-note")).to_have_value("")


def test_a_draft_survives_the_page(opened: Opened):
    desk = a_desktop()
    ticket = a_ticket(desk)
    page = opened(f"/tickets/{ticket.reference}/", as_=desk.agent)
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    page.reload()
    expect(page.locator("#write-reply")).to_have_value("Half a sentence")


def test_assigning_and_waiting_in_dialogs(opened: Opened):
    desk = a_desktop()
    ticket = a_ticket(desk)
    page = opened(f"/tickets/{ticket.reference}/", as_=desk.agent)
    page.keyboard.press("a")
    page.locator("dialog#panel[open]").wait_for()
    page.keyboard.press("1")
    expect(page.locator("#top")).to_contain_text("▸ you")
    expect(page.locator("dialog#panel")).to_have_count(0)
    page.keyboard.press("s")
    page.locator("dialog#panel[open]").wait_for()
    page.keyboard.press("w")
    page.get_by_role("button", name="Let it wait").click()
    expect(page.locator("#top")).to_contain_text("Waits for the requester")


def test_news_come_as_a_pill_on_the_queue(opened: Opened):
    desk = a_desktop()
    page = opened("/queue/open/", as_=desk.agent)
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    a_ticket(desk, subject="Just now")
    expect(page.locator("[data-live-pill]")).to_have_text(re.compile("1 new, show"))
    expect(page.locator("[data-row]")).to_have_count(0)
    page.keyboard.press(".")
    expect(page.locator("[data-row]")).to_contain_text("Just now")


def test_an_open_ticket_shows_what_others_do(opened: Opened):
    desk = a_desktop()
    ticket = a_ticket(desk)
    page = opened(f"/tickets/{ticket.reference}/", as_=desk.agent)
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    page.keyboard.press("r")
    page.keyboard.type("I am writing")
    post_message(ticket.pk, text="It works again!", by=acting(ticket.requester))
    edit_ticket(ticket.pk, subject="Another subject", by=acting(desk.colleague))
    expect(page.locator("#story")).to_contain_text("It works again!")
    expect(page.locator("#subject")).to_have_text("Another subject")
    expect(page.locator("#write-reply")).to_have_value("I am writing")
    assert Message.objects.count() == 1
