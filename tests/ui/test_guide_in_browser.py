from collections.abc import Callable

import pytest
from browser import AXE
from playwright.sync_api import Page, expect

from ansvar.ui import views

pytestmark = pytest.mark.browser

RUN_AXE = """async theme => {
    document.documentElement.dataset.theme = theme;
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    return violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 120))]);
}"""
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
LOADED = (
    "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
)
SAMPLES = ["", *(f"{name}/" for name in views.PAGES)]
Opened = Callable[..., Page]


def test_no_sample_has_an_accessibility_violation_or_is_too_wide(opened: Opened):
    # One tab for all: to open one for each costs more than to look at it.
    page = opened("ui/")
    start = page.url
    found = {}
    for sample in SAMPLES:
        page.goto(f"{start}{sample}", wait_until="load")
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true; }")
        page.evaluate(AXE)
        for theme in ("light", "dark"):
            for width in (1440, 360):
                page.set_viewport_size({"width": width, "height": 900})
                found[sample, theme, width] = page.evaluate(RUN_AXE, theme)
        page.set_viewport_size({"width": 320, "height": 900})
        page.goto(f"{start}{sample}", wait_until="load")
        found[sample, "too wide by"] = max(0, page.evaluate(TOO_WIDE))
    assert {view: problems for view, problems in found.items() if problems} == {}


def test_j_and_k_move_through_the_rows_of_all_lists(opened: Opened):
    page = opened("ui/queue/")
    for _ in range(7):
        page.keyboard.press("j")
    expect(page.locator("[data-row]:focus .reference")).to_have_text("IT-1044")
    page.keyboard.press("k")
    expect(page.locator(".ticket-row.selected .reference")).to_have_text("IT-1046")


def test_letters_are_letters_while_typing(opened: Opened):
    page = opened("ui/ticket/")
    page.keyboard.press("n")
    expect(page.locator("#compose-note")).to_be_visible()
    expect(page.locator("#write-text-note")).to_be_focused()
    page.keyboard.type("jr")
    expect(page.locator("#write-text-note")).to_have_value("jr")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#write-text-reply")).to_be_focused()


def test_keys_can_be_switched_off(opened: Opened):
    page = opened("ui/ticket/")
    page.locator(".menu summary[title]").click()
    page.get_by_role("button", name="One-letter keys").click()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#compose-note")).to_be_hidden()


def test_question_mark_lists_the_keys_of_this_page(opened: Opened):
    page = opened("ui/queue/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys .key-list")).to_contain_text("Classify")


def test_palette_runs_what_the_page_offers(opened: Opened):
    page = opened("ui/ticket/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("note")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#write-text-note")).to_be_focused()


def test_why_opens_in_place_and_escape_closes_it(opened: Opened):
    page = opened("ui/ticket/")
    page.locator(".cells .why summary").click()
    expect(page.locator(".cells .why-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".cells .why-card")).to_be_hidden()


def test_sending_can_be_taken_back(opened: Opened):
    page = opened("ui/ticket/")
    page.locator("#write-text-reply").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Sending to Sara Lind")
    page.locator("h1").click()
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#write-text-reply")).to_be_focused()


def test_theme_changes_at_once(opened: Opened):
    page = opened("ui/queue/")
    page.locator(".menu summary[title]").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 21)"


def test_dialog_opens_holds_the_focus_and_closes(opened: Opened):
    page = opened("ui/")
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.locator("#example")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#example")).to_be_hidden()
    expect(page.get_by_role("button", name="Open a dialog")).to_be_focused()


def test_first_load_is_light(opened: Opened):
    page = opened("ui/queue/")
    weight = page.evaluate(f"{LOADED}.reduce((sum, entry) => sum + entry.transferSize, 0)")
    hosts = page.evaluate(f"[...new Set({LOADED}.map(entry => new URL(entry.name).host))]")
    assert weight < 150_000
    assert hosts == [page.evaluate("location.host")]
