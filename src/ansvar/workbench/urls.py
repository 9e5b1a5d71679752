"""Addresses of the workbench."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from ansvar.workbench import (
    choosing,
    log_in,
    notices,
    people,
    preferences,
    queue,
    searching,
    services,
)
from ansvar.workbench.running import journal, mail, mailboxes, received, work
from ansvar.workbench.tickets import (
    classifying,
    clocks,
    detailing,
    editing,
    holding,
    opening,
    page,
    replying,
    states,
)


class Reference(StringConverter):
    """The number of a ticket, such as IT-1042; small letters do as well."""

    regex = r"[A-Za-z][A-Za-z0-9]{0,5}-[0-9]{1,12}"


register_converter(Reference, "reference")
TICKET = "tickets/<reference:reference>/"

urlpatterns = [
    path("", log_in.start, name="start"),
    path("log-in/", log_in.log_in, name="log-in"),
    path("log-in/offered/", log_in.log_in_offered, name="log-in-offered"),
    path("log-out/", log_in.log_out, name="log-out"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/password/", preferences.change_password, name="password-change"),
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.notice_bell, name="notice-bell"),
    path("notices/seen/", notices.notices_see, name="notices-see"),
    path("notices/unseen/", notices.notices_unsee, name="notices-unsee"),
    path("notices/wishes/", notices.notices_choose, name="notices-choose"),
    path("notices/<int:notice_id>/", notices.notice_open, name="notice-open"),
    path("queue/", queue.queue_start, name="queue-start"),
    path("queue/views/", queue.queue_views, name="queue-views"),
    path("queue/peek/<reference:reference>/", queue.queue_peek, name="queue-peek"),
    path("queue/take/<reference:reference>/", queue.queue_take, name="queue-take"),
    path("queue/<slug:view>/", queue.queue_page, name="queue"),
    path("tickets/new/", opening.new_ticket, name="ticket-new"),
    path(TICKET, page.ticket_page, name="ticket"),
    path(f"{TICKET}parts/<slug:part>/", page.ticket_part, name="ticket-part"),
    path(f"{TICKET}reply/", replying.reply, name="ticket-reply"),
    path(f"{TICKET}note/", replying.note, name="ticket-note"),
    path(f"{TICKET}drafts/<slug:tab>/", replying.draft, name="ticket-draft"),
    path(f"{TICKET}messages/<int:message_id>/recall/", replying.recall, name="message-recall"),
    path(
        f"{TICKET}messages/<int:message_id>/send-again/",
        replying.message_send_again,
        name="message-send-again",
    ),
    path(f"{TICKET}messages/<int:message_id>/html/", replying.message_html, name="message-html"),
    path(f"{TICKET}files/<int:file_id>/", replying.ticket_file, name="ticket-file"),
    path(f"{TICKET}assign/", holding.assign, name="ticket-assign"),
    path(f"{TICKET}hand-over/", holding.hand_over, name="ticket-hand-over"),
    path(f"{TICKET}owner/", holding.owner, name="ticket-owner"),
    path(f"{TICKET}state/", states.state, name="ticket-state"),
    path(f"{TICKET}start-work/", states.start, name="ticket-start-work"),
    path(f"{TICKET}wait/", states.wait, name="ticket-wait"),
    path(f"{TICKET}resume/", states.resume, name="ticket-resume"),
    path(f"{TICKET}resolve/", states.resolve, name="ticket-resolve"),
    path(f"{TICKET}close/", states.close, name="ticket-close"),
    path(f"{TICKET}reopen/", states.reopen, name="ticket-reopen"),
    path(f"{TICKET}edit/", editing.edit, name="ticket-edit"),
    path(f"{TICKET}clocks/", clocks.clocks, name="ticket-clocks"),
    path(f"{TICKET}clocks/<slug:measure>/<int:clock_number>/", clocks.clock, name="ticket-clock"),
    path(f"{TICKET}level/", clocks.level, name="ticket-level"),
    path(f"{TICKET}details/", detailing.details, name="ticket-details"),
    path(f"{TICKET}ask/", detailing.ask, name="ticket-ask"),
    path(f"{TICKET}participants/", editing.participant_add, name="participant-add"),
    path(f"{TICKET}participants/remove/", editing.participant_remove, name="participant-remove"),
    path(f"{TICKET}links/", editing.link_add, name="link-add"),
    path(f"{TICKET}links/<int:link_id>/remove/", editing.link_remove, name="link-remove"),
    path(f"{TICKET}classify/", classifying.classify, name="ticket-classify"),
    path(f"{TICKET}override/", classifying.override, name="ticket-override"),
    path(f"{TICKET}override/drop/", classifying.override_drop, name="override-drop"),
    path("search/", searching.search, name="search"),
    path("search/palette/", searching.search_palette, name="search-palette"),
    path("people/", people.people, name="people"),
    path("people/found/", choosing.people_found, name="people-found"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/edit/", people.person_edit, name="person-edit"),
    path("people/<int:person_id>/addresses/", people.address_add, name="address-add"),
    path(
        "people/<int:person_id>/addresses/<int:point_id>/",
        people.address_change,
        name="address-change",
    ),
    path("services/", services.services, name="services"),
    path("services/<int:service_id>/", services.service, name="service"),
    path("admin/failures/", work.failed_work, name="failed-work"),
    path("admin/failures/<int:failure_id>/again/", work.run_again, name="work-run-again"),
    path("admin/failures/<int:failure_id>/dismiss/", work.dismiss, name="work-dismiss"),
    path("admin/journal/", journal.journal, name="journal"),
    path("admin/mail/", mail.mail, name="mail"),
    path("mail/", received.received, name="received"),
    path("mail/<int:mail_id>/", received.received_one, name="received-one"),
    path("mail/<int:mail_id>/raw/", received.received_raw, name="received-raw"),
    path("mail/<int:mail_id>/again/", received.received_again, name="received-again"),
    path("mail/<int:mail_id>/ticket/", received.received_ticket, name="received-ticket"),
    path("mail/<int:mail_id>/discard/", received.received_discard, name="received-discard"),
    path("mail/<int:mail_id>/follow/", received.suggestion_follow, name="suggestion-follow"),
    path("mail/<int:mail_id>/decline/", received.suggestion_decline, name="suggestion-decline"),
    path("admin/mailboxes/new/", mailboxes.mailbox_new, name="mailbox-new"),
    path("admin/mailboxes/agreed/", mailboxes.mailbox_agreed, name="mailbox-agreed"),
    path("admin/mailboxes/<int:mailbox_id>/", mailboxes.mailbox_edit, name="mailbox-edit"),
    path("admin/mailboxes/<int:mailbox_id>/try/", mailboxes.mailbox_try, name="mailbox-try"),
    path("admin/mailboxes/<int:mailbox_id>/agree/", mailboxes.mailbox_agree, name="mailbox-agree"),
]
