"""Notices by mail: to the contact point of whoever wished it, or has to be called at once."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ansvar.conversations.commands.holding_back import reason_to_hold_notice
from ansvar.conversations.composing import one_line
from ansvar.conversations.models import OUR_IDS, Mailbox, NoticeMail
from ansvar.conversations.queries import mailbox_for
from ansvar.conversations.templates import as_words
from ansvar.kernel import clock
from ansvar.kernel.command import command
from ansvar.kernel.work import tasks
from ansvar.notices.models import Notice
from ansvar.notices.queries import may_be_told, said_of
from ansvar.people.decisions import normalise_email
from ansvar.people.models import Person
from ansvar.people.queries import email_of
from ansvar.tickets.models import Ticket

ATTEMPTS = 8
"""With doubling pauses about four minutes: who is called later than that is called too late."""


@dataclass(frozen=True, kw_only=True)
class NotMailed:
    """A notice that could not become a mail, for an administrator to see."""

    notice_id: int
    why: str


@command
def mail_notices(ids: list[int]) -> list[NotMailed]:
    """Write the mails of notices and queue them; return those that cannot be mailed.

    What was seen on the page meanwhile is not mailed unless it is urgent, and nothing is that its
    reader may no longer know. Twice with the same ids: silent.
    """
    rows = Notice.objects.filter(pk__in=ids, mail=None).select_related("person", "ticket")
    notices = list(rows.order_by("pk").prefetch_related("person__contact_points"))
    pairs = [(one.ticket, one.person_id) for one in notices if one.ticket is not None]
    allowed = may_be_told([ticket for ticket, _who in pairs], {who for _ticket, who in pairs})
    failed = []
    for notice in notices:
        is_secret = notice.ticket_id and (notice.ticket_id, notice.person_id) not in allowed
        if is_secret or (notice.seen_at is not None and not notice.is_urgent):
            continue
        if why := _mail(notice):
            failed.append(NotMailed(notice_id=notice.pk, why=why))
    return failed


def _mail(notice: Notice) -> str:
    """Write the mail of a notice and queue it, or return why that cannot be."""
    shown = email_of(notice.person)
    if not shown:
        why = _("{person} has no e-mail address.").format(person=notice.person)
        return why if notice.is_urgent else ""
    address = normalise_email(shown)
    mailbox = _mailbox_of(notice)
    if mailbox is None:
        return _("No mailbox is set up through which {address} could be told.").format(
            address=address
        )
    if reason := reason_to_hold_notice(address, is_urgent=notice.is_urgent):
        return reason if notice.is_urgent else ""
    _queue(notice, mailbox, address)
    return ""


def _queue(notice: Notice, mailbox: Mailbox, address: str) -> None:
    person, domain = notice.person, mailbox.address.rpartition("@")[2]
    with override(person.language):
        said = said_of(notice, notice.ticket)
        subject = _("Urgent: {text}") if notice.is_urgent else "{text}"
        mail = NoticeMail.objects.create(
            notice=notice,
            mailbox=mailbox,
            recipient=address,
            subject=one_line(subject.format(text=said.text))[:500],
            text=_words(person, said.text, link=_link(notice.ticket, said.path)),
            language=person.language,
            message_id=f"{OUR_IDS}told.{notice.pk}.{secrets.token_hex(8)}@{domain}",
            written_at=clock.now(),
        )
    tasks["conversations.send_notice_mail"].later(mail_id=mail.pk)


def _words(person: Person, text: str, *, link: str) -> str:
    hello = _("Hello {name},").format(name=as_words(person.name))
    look = _("Look at it in Ansvar: {link}").format(link=link)
    foot = _("Nobody reads answers to this mail. You choose on the page of your notices which of "
             "them also come by mail.")  # fmt: skip
    return "\n\n".join([hello, as_words(text), look, foot])


def _link(ticket: Ticket | None, path: str) -> str:
    try:
        if ticket is not None:
            path = reverse("ticket", args=[ticket.reference])
        elif not path:
            path = reverse("notices")
    except NoReverseMatch:
        # A process without pages knows no addresses, but where they are.
        path = f"/tickets/{ticket.reference}/" if ticket is not None else "/notices/"
    return f"{settings.BASE_URL}{path}"


def _mailbox_of(notice: Notice) -> Mailbox | None:
    """Return the mailbox of the ticket's desk; else that of a desk at which the person works."""
    if notice.ticket is not None:
        return mailbox_for(notice.ticket)
    active = Mailbox.objects.filter(is_active=True)
    own = active.filter(desk__teams__memberships__person=notice.person_id)
    return own.order_by("pk").first() or active.order_by("pk").first()
