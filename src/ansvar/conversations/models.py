"""Messages on every channel, how mail comes in and how it goes out."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.secrets import EncryptedField
from ansvar.notices.models import Notice
from ansvar.people.models import Desk, Person
from ansvar.tickets.models import Ticket

OUR_IDS = "ansvar."
"""How the Message-IDs of our own mails begin."""


class Mailbox(models.Model):
    """A mail address of a desk: where its mail is fetched and how answers are sent."""

    SECRETS: ClassVar[tuple[str, ...]] = ("imap_password", "smtp_password", "dkim_key")
    """Fields that only a connection needs; whoever shows a mailbox leaves them in the database."""

    class Security(models.TextChoices):
        """How the connection is protected."""

        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none, only on this machine")

    class Entrance(models.TextChoices):
        """How mail comes in."""

        IMAP = "imap", _("fetched by IMAP")
        HANDED = "handed", _("handed over by the mail server (LMTP or pipe)")

    class LogIn(models.TextChoices):
        """What the servers ask for."""

        PASSWORD = "password", _("user name and password")
        OAUTH = "oauth", _("OAuth 2 (Google, Microsoft 365)")

    class AfterReading(models.TextChoices):
        """What happens to a mail on the server once it is stored here."""

        SEEN = "seen", _("mark it as read")
        FLAG = "flag", _("mark it as read and flag it")
        MOVE = "move", _("move it to a folder")
        LEAVE = "leave", _("leave it as it is")

    class AnswerAddress(models.TextChoices):
        """Where answers to our mails are addressed."""

        PLAIN = "plain", _("the mailbox's address")
        PLUS = "plus", _("the address with a token after a plus sign")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="mailboxes")
    address = models.EmailField(_("address"))
    display_name = models.CharField(_("name shown to readers"), max_length=120, blank=True)
    entrance = models.CharField(max_length=8, choices=Entrance.choices, default=Entrance.IMAP)
    log_in = models.CharField(max_length=10, choices=LogIn.choices, default=LogIn.PASSWORD)
    imap_host = models.CharField(_("IMAP server"), max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993)
    imap_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    imap_user = models.CharField(_("IMAP user"), max_length=200, blank=True)
    imap_password = EncryptedField(_("IMAP password"), blank=True, default="")
    imap_folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    after_reading = models.CharField(
        _("after reading"), max_length=8, choices=AfterReading.choices, default=AfterReading.SEEN
    )
    done_folder = models.CharField(_("folder for mail that was read"), max_length=200, blank=True)
    largest_mb = models.PositiveSmallIntegerField(_("largest mail, MB"), default=40)
    trusted_checker = models.CharField(
        _("server whose checks are believed"), max_length=200, blank=True
    )
    """The name with which the own mail server signs Authentication-Results (RFC 8601)."""
    smtp_host = models.CharField(_("SMTP server"), max_length=200)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587)
    smtp_security = models.CharField(
        max_length=8, choices=Security.choices, default=Security.STARTTLS
    )
    smtp_user = models.CharField(_("SMTP user"), max_length=200, blank=True)
    smtp_password = EncryptedField(_("SMTP password"), blank=True, default="")
    sends_per_minute = models.PositiveSmallIntegerField(_("mails a minute at most"), default=0)
    """What the server allows; 0 for as many as there are."""
    answer_address = models.CharField(
        _("answers go to"), max_length=8, choices=AnswerAddress.choices, default=AnswerAddress.PLAIN
    )
    has_reply_line = models.BooleanField(_("line above which to answer"), default=False)
    dkim_domain = models.CharField(_("DKIM domain"), max_length=200, blank=True)
    dkim_selector = models.CharField(_("DKIM selector"), max_length=63, blank=True)
    dkim_key = EncryptedField(_("DKIM private key"), blank=True, default="")
    """PEM; without it mails leave unsigned, as most servers sign by themselves."""
    is_active = models.BooleanField(_("fetches mail"), default=True)
    uid_validity = models.BigIntegerField(null=True)
    """The numbering of the folder in which *last_uid* counts; nothing before the first look."""
    last_uid = models.BigIntegerField(default=0)
    """Mail up to this number is stored; what comes later is new, read by somebody or not."""
    seen_at = models.DateTimeField(null=True)
    """When the server last answered us."""
    error = models.CharField(max_length=500, blank=True)
    """What went wrong at the last try; empty when all is well."""
    error_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    """Tries in a row that went wrong."""
    stalled_since = models.DateTimeField(null=True)
    """Set while nothing was heard from the server for so long that the alarm was given."""
    lag_seconds = models.PositiveIntegerField(null=True)
    """From the server's arrival of the latest mail to its storing here."""
    latest_at = models.DateTimeField(null=True)
    """When the latest mail was stored."""

    class Meta:
        ordering: ClassVar[list[str]] = ["address"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("address"), name="mailbox_address_once")
        ]

    @override
    def __str__(self) -> str:
        return self.address


class OAuthAccess(models.Model):
    """By which OAuth 2 grant a mailbox logs in, and the token in force."""

    class Grant(models.TextChoices):
        """How tokens are got."""

        REFRESH = "refresh", _("somebody has agreed in the browser")
        CLIENT = "client", _("the program itself has the right (client credentials)")

    mailbox = models.OneToOneField(Mailbox, models.CASCADE, related_name="oauth")
    grant = models.CharField(max_length=8, choices=Grant.choices, default=Grant.REFRESH)
    authorize_url = models.URLField(_("authorisation endpoint"), max_length=300, blank=True)
    token_url = models.URLField(_("token endpoint"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedField(_("client secret"), blank=True, default="")
    scope = models.CharField(_("scope"), max_length=500, blank=True)
    refresh_token = EncryptedField(blank=True, default="")
    access_token = EncryptedField(blank=True, default="")
    expires_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.client_id}"


class InboundMail(models.Model):
    """A received mail as it came, exactly once per mailbox and UID."""

    class State(models.TextChoices):
        """What has become of it."""

        STORED = "stored", _("waiting to be read")
        TAKEN = "taken", _("on a ticket")
        IGNORED = "ignored", _("not for a ticket")
        QUARANTINED = "quarantined", _("in quarantine")
        DISCARDED = "discarded", _("discarded")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="inbound")
    uid_validity = models.BigIntegerField(default=0)
    uid = models.BigIntegerField(null=True)
    """The number in the folder; nothing for a mail that was handed over."""
    sha256 = models.CharField(max_length=64)
    """Of the raw bytes, which lie in the content store under this name."""
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.STORED)
    reason = models.CharField(max_length=500, blank=True)
    """In a sentence: why it is where it is."""
    decision = models.CharField(max_length=12, blank=True)
    """The step that was taken, a `decisions.Step`; empty before it was read."""
    way = models.CharField(max_length=12, blank=True)
    """How its ticket was found, a `decisions.Way`."""
    kind = models.CharField(max_length=16, blank=True)
    """What kind of program wrote it; empty for a person."""
    findings = models.JSONField(default=list)
    """What was found and decided, step by step: pairs of a code and its details."""
    readings = models.PositiveSmallIntegerField(default=0)
    """How often it was read; somebody may have asked for it again."""
    suggested = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="suggested_mail")
    """A ticket it may belong to, by subject and people alone: a person decides."""
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, related_name="repeats")
    """The same mail, read before through another mailbox."""
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=500, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    """Of what it says: the same mail in two mailboxes of a desk is one mail."""
    is_answerable = models.BooleanField(default=True)
    """False for lists and noreply addresses: no automatic answer goes there."""
    arrived_at = models.DateTimeField(null=True)
    """When the mail server had it."""
    received_at = models.DateTimeField()
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="inbound")
    signature = models.CharField(max_length=120, blank=True)
    """What the virus scanner found in one of its files."""
    is_let_through_infected = models.BooleanField(default=False)
    """Somebody let it through knowing that: the file is on the ticket, and given to nobody."""
    apart_since = models.DateTimeField(null=True)
    """Set when it is read by a job of its own, not in turn with the others of its mailbox:
    reading it failed in a way nobody foresaw, or somebody asked for it."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["mailbox", "uid_validity", "uid"], name="inbound_mail_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-received_at"], name="inbound_mail_state"),
            models.Index(
                fields=["message_id"], name="inbound_mail_by_id", condition=~Q(message_id="")
            ),
            models.Index(fields=["ticket"], name="inbound_mail_of_ticket"),
            models.Index(
                fields=["mailbox", "id"],
                name="inbound_mail_in_turn",
                condition=Q(state="stored", apart_since=None),
            ),
            models.Index(fields=["mailbox", "sha256"], name="inbound_mail_by_content"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"


class Message(models.Model):
    """One utterance between the desk and people outside it, on a ticket."""

    class Direction(models.TextChoices):
        """Which way it went."""

        IN = "in", _("to the desk")
        OUT = "out", _("from the desk")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    channel = models.CharField(max_length=12)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages")
    """Nothing when the desk itself writes, such as an acknowledgement."""
    is_automatic = models.BooleanField(default=False)
    subject = models.CharField(max_length=500, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    text = models.TextField()
    """The new words only."""
    quoted = models.TextField(blank=True)
    """What the text repeats from before, folded on the page."""
    html = models.TextField(blank=True)
    """Sanitised; shown in a sandboxed frame."""
    quoted_html = models.TextField(blank=True)
    """The part of the HTML that repeats what was said before; sanitised."""
    message_id = models.CharField(max_length=500, blank=True)
    """The mail's own Message-ID, without angle brackets."""
    inbound = models.OneToOneField(InboundMail, models.SET_NULL, null=True, related_name="message")
    key = models.CharField(max_length=80, blank=True)
    """What an automatic message answers, so that a second run writes none."""
    said_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["said_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="message_once", condition=~Q(key=""))
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["message_id"], name="message_by_id", condition=~Q(message_id="")),
            models.Index(fields=["ticket", "said_at", "id"], name="message_of_ticket"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.direction} {self.channel}: {self.text[:60]}"


class KeptFile(models.Model):
    """A file that came with words or is sent with them; its content lies in the content store."""

    class Scan(models.TextChoices):
        """What the virus scanner said, a `scanning.Verdict`; empty where none is set up."""

        CLEAN = "clean", _("scanned")
        UNSCANNED = "unscanned", _("not scanned")
        TOO_LARGE = "too_large", _("not scanned: too large")
        FOUND = "found", _("harmful, blocked")

    name = models.CharField(max_length=250)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=250, blank=True)
    """Set for a picture that the HTML shows in its place."""
    is_signature = models.BooleanField(default=False)
    """The signature of a signed mail: kept, but nothing to read."""
    scan = models.CharField(max_length=10, choices=Scan.choices, blank=True)
    signature = models.CharField(max_length=120, blank=True)
    """The name of what the scanner found; such a file is given to nobody."""

    class Meta:
        abstract = True

    message_id: int
    """Each kind has a `message` it belongs to."""

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def is_blocked(self) -> bool:
        """Whether it is harmful and given to nobody."""
        return self.scan == self.Scan.FOUND

    @property
    def ticket(self) -> Ticket:
        """The ticket it is about."""
        raise NotImplementedError


class Attachment(KeptFile):
    """A file on a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="attachment_to_scan", condition=Q(scan="unscanned"))
        ]

    @property
    @override
    def ticket(self) -> Ticket:
        return self.message.ticket


class OutboundMail(models.Model):
    """One mail to be sent, with the Message-ID that a second try uses again."""

    class State(models.TextChoices):
        """What has become of it."""

        QUEUED = "queued", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")
        RECALLED = "recalled", _("taken back")
        STOPPED = "stopped", _("not sent, on purpose")

    message = models.OneToOneField(Message, models.CASCADE, related_name="outbound")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="outbound")
    recipient = models.CharField(max_length=320)
    """The first of those the message is addressed to, in lower case."""
    in_reply_to = models.CharField(max_length=500, blank=True)
    references = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    send_after = models.DateTimeField()
    """Until then the author can take it back."""
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    """Why it has not been sent, in a sentence."""
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["send_after"], name="outbound_mail_due", condition=Q(state="queued")
            ),
            models.Index(fields=["recipient", "-send_after"], name="outbound_mail_to"),
            models.Index(
                fields=["-send_after"],
                name="outbound_mail_stopped",
                condition=Q(state="stopped"),
            ),
            models.Index(
                fields=["mailbox", "-sent_at"],
                name="outbound_mail_pace",
                condition=Q(sent_at__isnull=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"to {self.recipient}: {self.state}"


class LoneMail(models.Model):
    """A mail that is on no ticket's conversation, from when it was written until it was sent."""

    ARGUMENT: ClassVar[str] = "mail_id"
    """Under which name the task that sends it takes its id."""
    IS_AUTOMATIC: ClassVar[bool] = True
    """Whether it says of itself that no person wrote it."""

    class State(models.TextChoices):
        """What has become of it."""

        QUEUED = "queued", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="%(class)ss")
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    """Markdown."""
    language = models.CharField(max_length=12)
    message_id = models.CharField(max_length=500)
    in_reply_to = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @override
    def __str__(self) -> str:
        return f"to {self.recipient}: {self.state}"

    @property
    def foot(self) -> str:
        """The line under its words."""
        return self.mailbox.desk.name

    @property
    def earlier_ids(self) -> Sequence[str]:
        """The ids of the mails that it goes on from, the oldest first."""
        return [self.in_reply_to] if self.in_reply_to else []

    @property
    def files(self) -> Sequence[KeptFile]:
        """What is sent with it."""
        return ()


class SenderNotice(LoneMail):
    """A mail to somebody whose own mail could not be taken; there is no ticket to show it on."""

    ARGUMENT = "notice_id"

    inbound = models.OneToOneField(InboundMail, models.CASCADE, related_name="notice")
    """The mail that is answered: one notice at most, however often it is read again."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "-written_at"], name="sender_notice_to"),
            models.Index(
                fields=["mailbox", "-sent_at"],
                name="sender_notice_pace",
                condition=Q(sent_at__isnull=False),
            ),
        ]


class NoticeMail(LoneMail):
    """A notice that left by mail, to somebody who works at a desk."""

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="mail")
    """One mail at most, however often the task runs."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "-written_at"], name="notice_mail_to"),
            models.Index(
                fields=["mailbox", "-sent_at"],
                name="notice_mail_pace",
                condition=Q(sent_at__isnull=False),
            ),
        ]


class MailTemplate(models.Model):
    """A desk's own words for a mail that Ansvar writes, in one language."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="mail_templates")
    kind = models.CharField(max_length=20)
    """Which mail: a key of `templates.KINDS`."""
    language = models.CharField(max_length=12)
    text = models.TextField()
    """Markdown with `{placeholders}`."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "kind", "language"], name="mail_template_once")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
