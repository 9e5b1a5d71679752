"""Every address says who may open it, and keeps to it for every role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from builders import (
    a_calendar,
    a_department,
    a_person,
    a_script,
    a_service,
    a_site,
    a_team,
    acting,
    an_agent,
    an_organisation,
    somebody_with,
)
from desktops import Desktop, a_desktop, client_of
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ansvar.access.commands import make_token
from ansvar.access.decisions import PERMISSIONS, Role, is_allowed
from ansvar.access.pages import ANYBODY, LOGGED_IN
from ansvar.access.queries import grants_of
from ansvar.catalogue.commands import add_needed_fact
from ansvar.conversations import store
from ansvar.conversations.commands.mailboxes import create_mailbox
from ansvar.conversations.commands.talking import NewFile, write_reply
from ansvar.conversations.models import InboundMail
from ansvar.importers.commands import begin_run
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.work import keep_failure, tasks
from ansvar.notices.commands import Telling, tell
from ansvar.notices.models import Notice
from ansvar.people.models import Person
from ansvar.rota.commands import announce_absence, plan_turns
from ansvar.rota.decisions import Duty, PlannedTurn
from ansvar.servicelevels.commands import create_level
from ansvar.servicelevels.decisions.terms import LevelKind
from ansvar.suppliers.commands import Errand, ask_supplier
from ansvar.tickets.commands import ask_others, hand_over_ticket, link_tickets
from ansvar.tickets.commands.passing import pass_ownership
from ansvar.tickets.decisions import TaskKind
from ansvar.tickets.models import Link
from suppliers import a_supplier
from tickets import a_ticket

OPEN_TO_ANYBODY = {
    "log-in": "who logs in is nobody yet",
    "log-in-offered": "offered only to a browser on the machine itself",
    "log-out": "ends a session, whosever it is",
    "resolution": "opened by a signed link in a mail",
}
"""Pages without a log-in, each with the reason. A new one is a decision, not a habit."""
GUARDED_ELSEWHERE = ("health", "api/v1/")
"""`health` is for machines; the interface for programs has guards and tests of its own."""
INNER_DOOR = {
    "admin-service-edit": "only who edits services, or the service's owner",
    "admin-service-owner": "the same",
    "admin-service-dependencies": "the same",
    "admin-service-needed-new": "the same",
    "admin-needed": "the same",
}
"""Pages that everybody who reads the catalogue may ask for, and few may open."""
DESK_BOUND = {
    "reference", "mail_id", "mailbox_id", "run_id", "version_id", "turn_id", "passing_id",
}  # fmt: skip
"""Parameters that name a thing of one desk: for another desk it does not exist."""


def patterns(
    resolver: URLResolver | None = None, before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for found in (resolver or get_resolver()).url_patterns:
        path = before + str(found.pattern)
        if path.startswith(GUARDED_ELSEWHERE):
            continue
        if isinstance(found, URLResolver):
            yield from patterns(found, path)
        else:
            yield path, found


PAGES = {str(pattern.name): pattern for _path, pattern in patterns()}
READ_BY_GET = sorted(name for name, one in PAGES.items() if "GET" in one.callback.methods)


@dataclass(frozen=True, kw_only=True)
class World:
    """One of everything that addresses name."""

    desk: Desktop
    samples: dict[str, Any]

    def address(self, name: str) -> str:
        """Return an address of the page, with things that exist."""
        wanted = PAGES[name].pattern.converters
        return reverse(name, kwargs={key: self._value(name, key) for key in wanted})

    def _value(self, name: str, key: str) -> Any:
        for start in (f"{name}.{key}", f"{name.removesuffix('-one')}.{key}", key):
            if start in self.samples:
                return self.samples[start]
        by_length = sorted(self.samples, key=len, reverse=True)
        prefix = next(
            (one for one in by_length if "*" in one and name.startswith(one.split("*")[0])), None
        )
        assert prefix, f"Give the page {name!r} a sample of {key!r} in `made_world`."
        return self.samples[prefix]


def made_world() -> World:
    desk = a_desktop()
    ticket = a_ticket(desk, service=desk.service, site=desk.site)
    message = write_reply(
        ticket.pk,
        text="See the file.",
        attachments=[NewFile(name="a.txt", media_type="text/plain", content=b"x")],
        by=desk.by,
    )
    other = a_ticket(desk)
    link = link_tickets(ticket.pk, other_id=other.pk, relation=Link.Relation.RELATED, by=desk.by)
    hand_over_ticket(ticket.pk, team=desk.second, reason="x", by=desk.by)
    wish = hand_over_ticket(ticket.pk, team=desk.first, reason="x", by=desk.by).request
    task = ask_others(
        ticket.pk, kind=TaskKind.QUESTION, team=desk.first, words="Which?", by=desk.by
    )
    mailbox = create_mailbox(
        desk=desk.desk, address="desk@example.com", imap_host="127.0.0.1", imap_security="none",
        imap_user="desk", smtp_host="127.0.0.1", smtp_security="none", by=SYSTEM,
    )  # fmt: skip
    mail = InboundMail.objects.create(
        mailbox=mailbox, uid_validity=1, uid=1, sha256=store.put(b"Subject: x\r\n\r\n").sha256,
        size=14, state=InboundMail.State.QUARANTINED, received_at=clock.now(), ticket=ticket,
    )  # fmt: skip
    run = begin_run(desk=desk.desk, source="/old", kind="mbox", options={}, by=SYSTEM)
    arguments = {"reaction": "x.y", "entry_id": 1}
    error = RuntimeError("no")
    failure = keep_failure(tasks["kernel.run_reaction"], arguments, error=error, attempts=8)
    tell(
        Telling(people=[desk.agent.pk], kind="stuck", sentence="many", key="x", values={"count": 4})
    )
    person = a_person()
    needed = add_needed_fact(desk.service.pk, name="Device", question="Which?", by=SYSTEM)
    level = create_level(desk=desk.desk, kind=LevelKind.SLA, name="Gold", by=SYSTEM)
    now = clock.now()
    turn = PlannedTurn(person_id=desk.agent.pk, starts_at=now, ends_at=now + timedelta(hours=8))
    [turn] = plan_turns(desk.desk.pk, Duty.QUEUE, [turn], by=SYSTEM)
    absence = announce_absence(
        desk.colleague.pk, starts_at=now, ends_at=now + timedelta(hours=1), by=SYSTEM
    )
    mine = a_ticket(desk, by=desk.by)
    asked = ask_supplier(
        ticket.pk,
        errand=Errand(
            supplier=a_supplier(),
            subject="x",
            words="x",
            files=[NewFile(name="a.txt", media_type="text/plain", content=b"x")],
        ),
        by=desk.by,
    )
    samples = {
        "supplier_id": asked.supplier_id,
        "task_reference": asked.reference,
        "said_id": asked.messages.get().pk,
        "sent_file_id": asked.messages.get().files.get().pk,
        "turn_id": turn.pk,
        "absence_id": absence.pk,
        "passing_id": pass_ownership([mine.pk], to=desk.colleague, by=desk.by).pk,
        "reference": ticket.reference,
        "view": "needs-you",
        "part": "top",
        # Every desk has a policy, by which the people of a ticket hear from it.
        "measure": "update",
        "clock_number": 1,
        "tab": "reply",
        "message_id": message.pk,
        "file_id": message.attachments.get().pk,
        "link_id": link.pk,
        "request_id": wish.pk if wish else 0,
        "month": "2026-01",
        "task_id": task.pk,
        "mailbox_id": mailbox.pk,
        "mail_id": mail.pk,
        "run_id": run.pk,
        "failure_id": failure.pk,
        "notice_id": Notice.objects.get(person=desk.agent).pk,
        "person_id": person.pk,
        "point_id": person.contact_points.get().pk,
        "service_id": desk.service.pk,
        "desk_id": desk.desk.pk,
        "token": "no-token",
        "what": "x",
        "number": desk.script.number,
        "version_id": level.versions.get().pk,
        "grant_id": desk.agent.role_grants.get().pk,
        "admin-calendar*": a_calendar().pk,
        "admin-desk*": desk.desk.pk,
        "admin-team*": desk.first.pk,
        "admin-person*": person.pk,
        "admin-contact*": person.pk,
        "admin-role*": person.pk,
        "admin-service*": desk.service.pk,
        "admin-needed*": needed.pk,
        "admin-script*": desk.script.script_id,
        "admin-script-try*": a_script(desk.desk, a_service(desk.desk)).pk,
        "admin-level*": level.pk,
        "admin-token*": make_token(person.pk, title="x", by=acting(person))[0].pk,
        "admin-organisations*": an_organisation().pk,
        "admin-departments*": a_department().pk,
        "admin-sites*": a_site().pk,
    }
    return World(desk=desk, samples=samples)


def people_of(world: World) -> dict[str, Person]:
    desk = world.desk.desk
    return {
        "requester": a_person(),
        "agent of another desk": an_agent(team=a_team()),
        "agent": world.desk.agent,
        **{
            role.value: somebody_with(role, desk if role is not Role.ADMINISTRATOR else None)
            for role in Role
            if role is not Role.AGENT
        },
    }


def test_every_page_says_what_it_requires():
    for path, pattern in patterns():
        requires = getattr(pattern.callback, "requires", None)
        assert requires, f"{path} says not who may open it: use access.pages.page"
        assert requires in {ANYBODY, LOGGED_IN, *PERMISSIONS}, f"{path} requires {requires!r}"


def test_only_pages_with_a_reason_are_open_to_anybody():
    found = {name for name, one in PAGES.items() if one.callback.requires == ANYBODY}
    assert found == set(OPEN_TO_ANYBODY)


def test_every_address_has_a_name_of_its_own():
    names = [pattern.name for _path, pattern in patterns()]
    assert None not in names
    assert sorted(names) == sorted(set(names))


@pytest.mark.django_db
def test_without_a_log_in_every_page_leads_to_it():
    world, nobody = made_world(), Client()
    for name, pattern in PAGES.items():
        if name in OPEN_TO_ANYBODY:
            continue
        for ask in (nobody.get, nobody.post):
            answer = ask(world.address(name))
            allowed = "GET" if ask == nobody.get else "POST"
            if allowed not in pattern.callback.methods:
                assert answer.status_code == 405, name
                continue
            assert answer.status_code == 302, (name, answer.status_code)
            assert answer["Location"].startswith("/log-in/?next="), name


def fits(name: str, answer: HttpResponseBase, *, allowed: bool, at_home: bool) -> bool:
    """Tell whether an answer is one that the table of rights allows."""
    if not allowed:
        return answer.status_code == 403
    if not at_home and DESK_BOUND & set(PAGES[name].pattern.converters):
        return answer.status_code == 404
    return answer.status_code in {200, 302, 403, 404}


@pytest.mark.django_db
def test_every_role_opens_what_the_table_of_rights_says():
    world = made_world()
    wrong = []
    for who, person in people_of(world).items():
        client = client_of(person)
        grants = grants_of(person.pk)
        for name in READ_BY_GET:
            requires = PAGES[name].callback.requires
            allowed = requires in {ANYBODY, LOGGED_IN} or is_allowed(grants, requires, None)
            answer = client.get(world.address(name))
            at_home = who not in {"agent of another desk", "requester"}
            if not fits(name, answer, allowed=allowed, at_home=at_home):
                wrong.append((who, name, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_an_agent_opens_every_page_of_own_desk():
    world = made_world()
    client = client_of(world.desk.agent)
    grants = grants_of(world.desk.agent.pk)
    # Nobody's mail has come in as HTML, and portal pages are for the requester.
    elsewhere = {
        "message-html",
        *INNER_DOOR,
        *(name for name in PAGES if name.startswith("portal-")),
    }
    closed = []
    for name in READ_BY_GET:
        requires = PAGES[name].callback.requires
        if name in elsewhere or requires == ANYBODY:
            continue
        if requires == LOGGED_IN or is_allowed(grants, requires, None):
            answer = client.get(world.address(name))
            if answer.status_code not in {200, 302}:
                closed.append((name, answer.status_code))
    assert closed == []


@pytest.mark.django_db
def test_nobody_changes_what_the_table_of_rights_forbids():
    world = made_world()
    wrong = []
    for who, person in people_of(world).items():
        client = client_of(person)
        grants = grants_of(person.pk)
        for name, pattern in PAGES.items():
            requires = pattern.callback.requires
            if "POST" not in pattern.callback.methods or requires in {ANYBODY, LOGGED_IN}:
                continue
            if is_allowed(grants, requires, None):
                if who == "agent of another desk" and DESK_BOUND & set(pattern.pattern.converters):
                    answer = client.post(world.address(name))
                    if answer.status_code != 404:
                        wrong.append((who, name, answer.status_code))
                continue
            answer = client.post(world.address(name))
            if answer.status_code != 403:
                wrong.append((who, name, answer.status_code))
    assert wrong == []
