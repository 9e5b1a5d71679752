import pytest
from browser import Opened, accessibility_problems, overflow
from builders import an_administrator
from desktops import a_desktop

from tickets import a_ticket

pytestmark = pytest.mark.browser


def test_pages_of_insight_are_accessible_fit_and_answer_while_a_slider_moves(opened: Opened):
    desk = a_desktop()
    a_ticket(desk, service=desk.service)
    who = an_administrator()
    found = []
    for path in ("/insight/", "/insight/need/", "/insight/calculator/"):
        page = opened(path, as_=who)
        found += [f"{path}: {problem}" for problem in accessibility_problems(page)]
        page.set_viewport_size({"width": 320, "height": 900})
        found += [f"{path}: sticks out at 320 px: {one}" for one in overflow(page)]
    assert not found, "\n".join(found)

    # The last one opened is the calculator.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#id_people").fill("1")
    page.locator("#id_load").fill("100")
    page.get_by_text("1 person cannot keep up").wait_for()
    page.locator("#id_people-slider").evaluate(
        "one => { one.value = 9; one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.get_by_text("and 9 people are at work").wait_for()
    page.get_by_role("button", name="Copy").wait_for()
    assert page.locator("#id_people").input_value() == "9"
    assert "people=9" in page.url
