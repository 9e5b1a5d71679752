import re

import pytest
from builders import a_person
from desktops import FRAGMENT, Desktop
from django.test import Client

from ansvar.tickets import queue
from ansvar.tickets.commands import assign_ticket
from tickets import a_ticket


def references(page: str) -> list[str]:
    return re.findall(r'id="row-([A-Z0-9-]+)"', page)


def shown(client: Client, path: str) -> list[str]:
    return references(client.get(path).content.decode())


def test_what_needs_somebody_comes_before_what_the_team_holds(desk: Desktop, client: Client):
    untaken, with_colleague = a_ticket(desk), a_ticket(desk)
    assign_ticket(with_colleague.pk, to=desk.colleague, by=desk.by)
    page = client.get("/queue/needs-you/").content.decode()
    assert references(page) == [untaken.reference, with_colleague.reference]
    assert page.index(untaken.reference) < page.index("Next in my teams")
    assert "Needs you" in page


@pytest.mark.parametrize("view", list(queue.views))
def test_every_view_opens_empty_with_a_next_step(desk: Desktop, client: Client, view: str):
    page = client.get(f"/queue/{view}/").content.decode()
    assert 'class="empty' in page
    assert 'class="button' in page[page.index('class="empty') :]


def test_unknown_view_is_not_found(client: Client):
    assert client.get("/queue/nonsense/").status_code == 404


def test_another_desk_sees_none_of_it(desk: Desktop, stranger: Client):
    a_ticket(desk)
    assert shown(stranger, "/queue/open/") == []


def test_pages_follow_each_other_without_gap_or_repeat(
    desk: Desktop, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ansvar.workbench.queue.PAGE_SIZE", 3)
    made = {a_ticket(desk).reference for _ in range(8)}
    seen: list[str] = []
    path = "/queue/open/"
    while path:
        page = client.get(path).content.decode()
        seen += references(page)
        more = re.search(r'hx-get="(\?[^"]+)"', page)
        path = "/queue/open/" + more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 8
    assert set(seen) == made


def test_more_answers_with_rows_alone(
    desk: Desktop, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ansvar.workbench.queue.PAGE_SIZE", 1)
    a_ticket(desk), a_ticket(desk)
    page = client.get("/queue/open/").content.decode()
    more = re.search(r'hx-get="(\?[^"]+)"', page)
    assert more
    rows = client.get("/queue/open/" + more[1].replace("&amp;", "&"), headers=FRAGMENT)
    assert rows.content.decode().lstrip().startswith("<li")


def test_a_broken_place_begins_at_the_top(desk: Desktop, client: Client):
    ticket = a_ticket(desk)
    assert shown(client, "/queue/open/?after=x~y~z") == [ticket.reference]


def test_a_view_is_narrowed_down(desk: Desktop, client: Client):
    wanted = a_ticket(
        desk,
        subject="Label printer jams",
        service=desk.service,
        site=desk.site,
        requester=a_person(name="Ylva Test"),
    )
    a_ticket(desk, subject="Other")
    for query in ("text=label", "text=ylva", f"service={desk.service.pk}", f"site={desk.site}"):
        assert shown(client, f"/queue/open/?{query}") == [wanted.reference], query
    assert shown(client, "/queue/open/?kind=question") == []


def test_peek_shows_the_ticket_and_its_last_words(desk: Desktop, client: Client):
    ticket = a_ticket(desk, subject="No sound", description="It was loud yesterday.")
    page = client.get(f"/queue/peek/{ticket.reference}/", headers=FRAGMENT).content.decode()
    assert "No sound" in page
    assert "It was loud yesterday." in page
    assert "<html" not in page


def test_taking_out_of_the_list_makes_it_mine(desk: Desktop, client: Client):
    ticket = a_ticket(desk)
    answer = client.post(f"/queue/take/{ticket.reference}/", headers=FRAGMENT)
    assert references(answer.content.decode()) == [ticket.reference]
    assert "is yours" in answer["HX-Trigger"]
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent


def test_taking_without_scripts_leads_to_the_ticket(desk: Desktop, client: Client):
    ticket = a_ticket(desk)
    answer = client.post(f"/queue/take/{ticket.reference}/")
    assert answer["Location"] == f"/tickets/{ticket.reference}/"


def test_nobody_takes_a_ticket_of_another_desk(desk: Desktop, stranger: Client):
    ticket = a_ticket(desk)
    assert stranger.post(f"/queue/take/{ticket.reference}/").status_code == 404
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_views_show_how_much_they_hold(desk: Desktop, client: Client):
    a_ticket(desk), a_ticket(desk)
    page = client.get("/queue/views/?view=open").content.decode()
    assert re.search(r'All open</span><span class="count ">2<', page)
