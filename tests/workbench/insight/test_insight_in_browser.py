import pytest
from browser import Opened, problems_of_pages
from builders import an_administrator
from desktops import a_desktop
from histories import a_crew, walked

from tickets import a_ticket

pytestmark = pytest.mark.browser


def test_pages_of_insight_are_accessible_fit_and_answer_while_a_slider_moves(opened: Opened):
    desk = a_desktop()
    a_ticket(desk, service=desk.service)
    who = an_administrator()
    crew = a_crew()
    walked(crew, "ACAC")
    since = f"?desk={crew.desk.pk}&since=2026-03-01"
    addresses = [
        "/insight/",
        "/insight/need/",
        "/insight/calculator/",
        f"/insight/handovers/{since}",
        f"/insight/handovers/what-if/{since}",
        f"/insight/volumes/{since}",
        f"/insight/taken/{since}",
    ]
    found = problems_of_pages(opened, addresses, as_=who)
    assert not found, "\n".join(found)

    page = opened("/insight/calculator/", as_=who)
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
