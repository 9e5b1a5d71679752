from collections.abc import Callable

import pytest
import ui_pages
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Opened = Callable[..., Page]


@pytest.fixture(autouse=True)
def _nothing_yet() -> None:
    ui_pages.drafts.clear()


def test_what_is_typed_is_kept_on_the_server(opened: Opened):
    page = opened("behaviour/")
    page.get_by_label("Text").fill("half a sentence")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved")
    assert ui_pages.drafts == ["half a sentence"]


def test_draft_that_cannot_be_kept_is_said_and_stays(opened: Opened, complaints: list[str]):
    page = opened("behaviour/")
    page.get_by_label("Text").fill("refuse this")
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved, your text is kept here")
    expect(page.get_by_label("Text")).to_have_value("refuse this")
    assert "500" in complaints.pop()


def test_fragment_takes_its_place_with_the_token_sent(opened: Opened):
    page = opened("behaviour/")
    page.get_by_label("Text").fill("hello")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#here")).to_have_text("got hello")


def test_fault_says_so_and_replaces_nothing(opened: Opened, complaints: list[str]):
    page = opened("behaviour/")
    page.get_by_label("Text").fill("long text")
    page.get_by_role("button", name="Break").click()
    expect(page.locator(".toast")).to_contain_text("Something broke on our side")
    expect(page.locator("#here")).to_have_text("before")
    expect(page.get_by_label("Text")).to_have_value("long text")
    assert "500" in complaints.pop()


def test_lost_connection_is_said_and_replaces_nothing(opened: Opened, complaints: list[str]):
    page = opened("behaviour/")
    page.get_by_label("Text").fill("long text")
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".toast")).to_contain_text("No connection")
    expect(page.get_by_label("Text")).to_have_value("long text")
    complaints.clear()


def test_log_in_page_in_place_of_a_fragment_is_opened_as_a_page(opened: Opened):
    page = opened("behaviour/")
    page.get_by_role("button", name="Late").click()
    expect(page).to_have_title("Log in · Ansvar")
    assert page.url.endswith("/logged-out/")


def listening(opened: Opened) -> Page:
    page = opened("behaviour/?live")
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    return page


def test_news_freshen_what_is_at_rest(opened: Opened):
    page = listening(opened)
    ui_pages.tell("ticket.changed")
    expect(page.locator("#fresh")).to_have_text("got news")


def test_news_leave_alone_what_is_under_the_pointer(opened: Opened):
    page = listening(opened)
    page.locator("#fresh").hover()
    ui_pages.tell("ticket.changed")
    expect(page.locator("#fresh[data-stale]")).to_have_text("old")
    page.mouse.move(0, 0)
    expect(page.locator("#fresh")).to_have_text("got news")


def test_a_pointer_that_was_left_lying_keeps_no_news_away(opened: Opened):
    page = listening(opened)
    page.locator("#fresh").hover()
    ui_pages.tell("ticket.changed")
    expect(page.locator("#fresh")).to_have_text("got news", timeout=15_000)


def test_news_that_would_move_a_list_are_counted(opened: Opened):
    page = listening(opened)
    ui_pages.tell("ticket.opened", "ticket.opened")
    expect(page.locator("[data-live-pill]")).to_have_text("2 new, show")
