import pytest
from browser import Opened, accessibility_problems, overflow
from builders import an_administrator
from desktops import a_desktop
from django.urls import reverse

from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.commands import create_level
from ansvar.servicelevels.decisions.terms import LevelKind, Measure
from ansvar.servicelevels.models import LevelVersion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_level_is_written_by_keyboard_and_published(opened: Opened, complaints: list[str]):
    desk, admin = a_desktop(), an_administrator()
    level = create_level(desk=desk.desk, kind=LevelKind.SLA, name="Gold", by=SYSTEM)
    page = opened(reverse("admin-level", args=[level.pk]), as_=admin)
    page.get_by_label("Solution", exact=True).fill("soon")
    page.keyboard.press("Enter")
    page.get_by_text("“soon” is no time").wait_for()
    # A browser complains of every refused form.
    assert "422" in complaints.pop()
    assert accessibility_problems(page) == []
    assert overflow(page) == []
    page.get_by_label("Solution", exact=True).fill("4 h")
    page.get_by_role("button", name="One more line").press("Enter")
    page.locator("#row-1").wait_for()
    assert page.evaluate("document.activeElement.id") == "row-1"
    page.locator("#row-1").get_by_role("button", name="Delete: line 2").press("Enter")
    page.locator("#row-1").wait_for(state="detached")
    page.get_by_text("ready to publish").wait_for()
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_text("Version 1 is published").wait_for()
    version = LevelVersion.objects.get(level=level)
    assert version.state == LevelVersion.State.PUBLISHED
    assert version.agreed.rows[0].targets[Measure.RESOLUTION].minutes == 240
    for address in (
        reverse("admin-levels-preview"),
        reverse("level-agreement", args=[version.pk]),
    ):
        page.goto(page.url.split("/admin/")[0] + address)
        assert accessibility_problems(page) == []
        assert overflow(page) == []
