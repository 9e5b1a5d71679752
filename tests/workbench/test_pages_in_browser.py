import pytest
from browser import Opened, accessibility_problems, problems_of_pages
from builders import a_person, acting, an_administrator
from desktops import Desktop, a_desktop
from levels import a_level, a_row
from mails import a_mail, a_mailbox, arrived

from ansvar.catalogue.commands import add_needed_fact
from ansvar.conversations.commands.talking import post_message, write_reply
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.work import keep_failure, tasks
from ansvar.tickets.commands import (
    add_note,
    add_participant,
    assign_ticket,
    hand_over_ticket,
    link_tickets,
)
from ansvar.tickets.models import Link
from tickets import a_resolved_ticket, a_ticket, handed_back

pytestmark = pytest.mark.browser

PAGES = {
    "queue": ["/queue/needs-you/", "/queue/closed/", "/search/?q=person", "/search/?q=zzzz"],
    "ticket": ["/tickets/{ticket}/", "/tickets/{resolved}/", "/tickets/new/"],
    "changes": [
        "/tickets/{ticket}/assign/",
        "/tickets/{ticket}/state/",
        "/tickets/{ticket}/edit/",
        "/tickets/{ticket}/links/",
        "/tickets/{ticket}/override/",
        "/tickets/{ticket}/clocks/",
        "/tickets/{ticket}/clocks/resolution/1/",
        "/tickets/{ticket}/classify/",
        "/tickets/{ticket}/hand-over/",
        "/tickets/{ticket}/ask-others/",
        "/tickets/{ticket}/expected/",
        "/tickets/{ticket}/custody/",
        "/tickets/afterwards/",
        "/tickets/{suggested}/",
        "/tickets/{ticket}/classify/?path=1-0",
    ],
    "needed": [
        "/admin/services/{service}/needed",
        "/admin/services/{service}/needed/new",
        "/tickets/{ticket}/details/",
    ],
    "looking up": [
        "/people/",
        "/people/{person}/",
        "/people/{person}/edit/",
        "/services/",
        "/services/{service}/",
        "/preferences/",
    ],
    "running": [
        "/admin/failures/",
        "/admin/journal/",
        "/admin/mail/",
        "/mail/?show=all",
        "/mail/{mail}/?anew=1",
        "/admin/mailboxes/new/",
        "/admin/desks/{desk}/mails",
        "/admin/desks/{desk}/mails/resolution/en",
    ],
}


def names(desk: Desktop) -> dict[str, object]:
    """Make one of everything that the pages show."""
    for name, kind in (("Cash desk", "number"), ("Since", "date")):
        add_needed_fact(
            desk.service.pk, name=name, question=f"{name}?", kind=kind, help="such as 3", by=SYSTEM
        )
    a_level(desk.desk, a_row(reaction=30, resolution=240))
    person = a_person(site=desk.site, title="Pharmacist", phone="+46701740605")
    ticket = a_ticket(
        desk, requester=person, service=desk.service, description="It does not print."
    )
    assign_ticket(ticket.pk, to=desk.agent, by=desk.by)
    hand_over_ticket(ticket.pk, team=desk.second, reason="Needs a part.", by=desk.by)
    handed_back(ticket, desk.first, reason="We have none.", by=desk.by)
    add_note(ticket.pk, text="Ask Per first.", by=desk.by)
    write_reply(ticket.pk, text="We are on it.", by=desk.by)
    post_message(ticket.pk, text="Thank you.", by=acting(person))
    add_participant(ticket.pk, person=a_person(), by=desk.by)
    other = a_ticket(desk, requester=person)
    a_ticket(desk, site=desk.site)
    link_tickets(ticket.pk, other_id=other.pk, relation=Link.Relation.RELATED, by=desk.by)
    mailbox = a_mailbox(desk.desk)
    arrived(mailbox, a_mail(subject="Printer", html="<p>Hello</p>"))
    mail = arrived(mailbox, a_mail("Still", subject="Re: printer"))
    error = RuntimeError("The server did not answer")
    arguments = {"reaction": "x.y", "entry_id": 1}
    keep_failure(tasks["kernel.run_reaction"], arguments, error=error, attempts=8)
    return {
        "ticket": ticket.reference,
        "mail": mail.pk,
        "suggested": mail.ticket.reference if mail.ticket else "",
        "resolved": a_resolved_ticket(desk, service=desk.service).reference,
        "person": person.pk,
        "desk": ticket.desk_id,
        "service": desk.service.pk,
    }


@pytest.mark.parametrize("area", PAGES)
def test_every_page_is_accessible_and_fits_in_both_themes(opened: Opened, area: str):
    desk = a_desktop()
    wanted = names(desk)
    who = an_administrator() if area in {"running", "needed"} else desk.agent
    addresses = [pattern.format(**wanted) for pattern in PAGES[area]]
    found = problems_of_pages(opened, addresses, as_=who)
    assert not found, "\n".join(found)


def test_log_in_is_accessible_and_fits(opened: Opened):
    assert problems_of_pages(opened, ["/log-in/"]) == []


def test_dialogs_of_a_ticket_are_accessible(opened: Opened):
    desk = a_desktop()
    page = opened(f"/tickets/{names(desk)['ticket']}/", as_=desk.agent)
    found = []
    for key in "aselt":
        page.keyboard.press(key)
        page.locator("dialog#panel[open]").wait_for()
        found += [f"{key}: {problem}" for problem in accessibility_problems(page)]
        page.set_viewport_size({"width": 1440, "height": 900})
        page.keyboard.press("Escape")
        page.locator("dialog#panel[open]").wait_for(state="detached")
        page.keyboard.press("Escape")
    assert not found, "\n".join(found)
