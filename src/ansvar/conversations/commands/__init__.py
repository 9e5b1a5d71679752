"""The only place that writes conversations; see the module of each matter for its rules."""

from ansvar.conversations.commands.automatic import (
    acknowledge,
    send_quiet_close,
    send_resolution,
)
from ansvar.conversations.commands.mailboxes import (
    create_mailbox,
    edit_mailbox,
    note_mailbox_answers,
    note_mailbox_fails,
)
from ansvar.conversations.commands.receiving import read_inbound
from ansvar.conversations.commands.sending import MailNotTaken, MailRefused, deliver_mail
from ansvar.conversations.commands.setting_aside import (
    CannotRelease,
    discard_mail,
    release_mail,
)
from ansvar.conversations.commands.storing import begin_counting, take_in
from ansvar.conversations.commands.talking import (
    NewFile,
    NothingSaid,
    TooLate,
    post_message,
    recall_message,
    write_reply,
)

__all__ = [
    "CannotRelease",
    "MailNotTaken",
    "MailRefused",
    "NewFile",
    "NothingSaid",
    "TooLate",
    "acknowledge",
    "begin_counting",
    "create_mailbox",
    "deliver_mail",
    "discard_mail",
    "edit_mailbox",
    "note_mailbox_answers",
    "note_mailbox_fails",
    "post_message",
    "read_inbound",
    "recall_message",
    "release_mail",
    "send_quiet_close",
    "send_resolution",
    "take_in",
    "write_reply",
]
