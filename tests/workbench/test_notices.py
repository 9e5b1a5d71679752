import json

import pytest
from builders import an_agent
from desktops import FRAGMENT, a_desktop, client_of
from django.urls import reverse

from ansvar.notices.models import Notice, NoticeWish
from notices import a_kind, told  # noqa: F401 - a fixture
from tickets import a_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_kind")]


@pytest.fixture
def desk():
    return a_desktop()


def test_the_bell_counts_what_was_not_seen_on_every_page(desk, budget):
    client = client_of(desk.agent)
    with budget("people page"):
        assert "bell-count" not in client.get("/people/").text
    for number in range(3):
        told(desk.agent, key=f"{number}")
    with budget("people page"):
        assert '<span class="bell-count" aria-hidden="true">3</span>' in client.get("/people/").text


def test_live_news_bring_the_bell_with_what_is_new_since(desk):
    client = client_of(desk.agent)
    told(desk.agent, key="before")
    before = Notice.objects.get().pk
    told(desk.agent, ticket=a_ticket(desk), is_urgent=True)
    answer = client.get(f"/notices/bell/?after={before}", headers=FRAGMENT)
    assert 'aria-hidden="true">2</span>' in answer.text
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert (toast["tone"], toast["text"].startswith("It rains on")) == ("red", True)
    assert "HX-Trigger" not in client.get("/notices/bell/?after=9999999", headers=FRAGMENT)


def test_the_page_has_what_is_new_first_and_marks_it_as_seen_with_an_undo(desk, budget):
    client = client_of(desk.agent)
    ticket = a_ticket(desk)
    told(desk.agent, ticket=ticket)
    with budget("notices page"):
        page = client.get("/notices/").text
    assert page.index("New") < page.index(f"It rains on {ticket.reference}")
    told(desk.agent, key="second", ticket=a_ticket(desk))
    with budget("notices page"):
        client.get("/notices/")
    answer = client.post("/notices/seen/", headers=FRAGMENT)
    assert "You have seen everything." in answer.text
    client.post(json.loads(answer["HX-Trigger"])["toast"]["undo"])
    assert Notice.objects.filter(seen_at=None).count() == 2


def test_a_notice_leads_to_its_ticket_and_is_seen_then(desk):
    ticket = a_ticket(desk)
    told(desk.agent, ticket=ticket)
    path = reverse("notice-open", args=[Notice.objects.get().pk])
    assert client_of(an_agent(team=desk.first)).get(path).status_code == 404
    answer = client_of(desk.agent).get(path)
    assert answer["Location"] == f"/tickets/{ticket.reference}/"
    assert Notice.objects.get().seen_at


def test_older_notices_stand_on_later_pages(desk, monkeypatch):
    client = client_of(desk.agent)
    for number in range(51):
        told(desk.agent, key=f"{number}")
    client.post("/notices/seen/")
    first = client.get("/notices/")
    assert first.text.count('class="told"') == 50
    more = first.text.split('href="/notices/?at=')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/notices/?at={more}").text.count('class="told"') == 1


def test_one_chooses_what_comes_by_mail_too(desk):
    client = client_of(desk.agent)
    client.post("/notices/wishes/", {"wish": ["weather:email", "weather:raven"]})
    assert NoticeWish.objects.get(kind="weather").carrier == "email"
    assert 'value="weather:email" checked' in client.get("/notices/").text
