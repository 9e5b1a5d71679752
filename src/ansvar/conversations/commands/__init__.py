"""The only place that writes conversations; see the module of each matter for its rules."""

from ansvar.conversations.commands.asking import (
    NothingMissing,
    ask_at_once,
    ask_missing,
    take_answers,
)
from ansvar.conversations.commands.authorising import keep_agreement, set_oauth, token_for
from ansvar.conversations.commands.automatic import (
    acknowledge,
    say_automatically,
    send_quiet_close,
    send_resolution,
)
from ansvar.conversations.commands.guarding import VirusFound, scan_again
from ansvar.conversations.commands.mailboxes import (
    create_mailbox,
    edit_mailbox,
    note_mailbox_answers,
    note_mailbox_fails,
    try_mailbox_now,
    watch_mailboxes,
)
from ansvar.conversations.commands.receiving import read_inbound
from ansvar.conversations.commands.rescuing import (
    NotSuggested,
    decline_suggestion,
    follow_suggestion,
    make_ticket_of,
)
from ansvar.conversations.commands.sending import MailNotTaken, MailRefused, deliver_mail
from ansvar.conversations.commands.setting_aside import (
    CannotRelease,
    discard_mail,
    release_mail,
)
from ansvar.conversations.commands.storing import (
    Arrival,
    begin_counting,
    keep_mails,
    set_apart,
    take_in,
)
from ansvar.conversations.commands.talking import (
    NewFile,
    NothingSaid,
    NothingToSend,
    TooLate,
    post_message,
    recall_message,
    send_again,
    write_reply,
)
from ansvar.conversations.commands.templates import reset_mail_template, set_mail_template

__all__ = [
    "Arrival",
    "CannotRelease",
    "MailNotTaken",
    "MailRefused",
    "NewFile",
    "NotSuggested",
    "NothingMissing",
    "NothingSaid",
    "NothingToSend",
    "TooLate",
    "VirusFound",
    "acknowledge",
    "ask_at_once",
    "ask_missing",
    "begin_counting",
    "create_mailbox",
    "decline_suggestion",
    "deliver_mail",
    "discard_mail",
    "edit_mailbox",
    "follow_suggestion",
    "keep_agreement",
    "keep_mails",
    "make_ticket_of",
    "note_mailbox_answers",
    "note_mailbox_fails",
    "post_message",
    "read_inbound",
    "recall_message",
    "release_mail",
    "reset_mail_template",
    "say_automatically",
    "scan_again",
    "send_again",
    "send_quiet_close",
    "send_resolution",
    "set_apart",
    "set_mail_template",
    "set_oauth",
    "take_answers",
    "take_in",
    "token_for",
    "try_mailbox_now",
    "watch_mailboxes",
    "write_reply",
]
