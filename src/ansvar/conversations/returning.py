"""Why a mail came back and what to do about it, in words for an agent."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.conversations.parsing.bounces import Bounce, Reason

_LONGEST_DIAGNOSTIC = 160

_ASK = gettext_lazy("Ask for another address.")
_LATER = gettext_lazy("Try again later, or call.")
_ADMINISTRATOR = gettext_lazy("An administrator of the mail server has to look at this.")
_LOOK = gettext_lazy("Look at what the server says, or call.")

_WORDS: Mapping[Reason, tuple[str | Promise, str | Promise]] = {
    Reason.USER_UNKNOWN: (gettext_lazy("There is no such mailbox."), _ASK),
    Reason.HOST_UNKNOWN: (gettext_lazy("There is no such domain, or it takes no mail."), _ASK),
    Reason.HAS_MOVED: (gettext_lazy("The person has another address now."), _ASK),
    Reason.NOT_ACCEPT: (gettext_lazy("The domain takes no mail at all."), _ASK),
    Reason.SUSPEND: (gettext_lazy("The mailbox is closed, for a time at least."), _ASK),
    Reason.MAILBOX_FULL: (gettext_lazy("The mailbox is full."), _LATER),
    Reason.EXPIRED: (gettext_lazy("The server there did not take it in time."), _LATER),
    Reason.NETWORK_ERROR: (gettext_lazy("The server there could not be reached."), _LATER),
    Reason.SYSTEM_ERROR: (gettext_lazy("The server there has a fault."), _LATER),
    Reason.SYSTEM_FULL: (gettext_lazy("The server there is full."), _LATER),
    Reason.SPEEDING: (gettext_lazy("Too many mails were sent in a short time."), _LATER),
    Reason.TOO_MANY_CONNECTIONS: (gettext_lazy("The server there is too busy."), _LATER),
    Reason.MAILER_ERROR: (gettext_lazy("The program of that mailbox failed."), _LATER),
    Reason.MESSAGE_TOO_BIG: (
        gettext_lazy("The mail is too large for the server there."),
        gettext_lazy("Send fewer or smaller files."),
    ),
    Reason.EXCEED_LIMIT: (
        gettext_lazy("The mail is too large for that mailbox."),
        gettext_lazy("Send fewer or smaller files."),
    ),
    Reason.EMAIL_TOO_LARGE: (
        gettext_lazy("The mail is too large."),
        gettext_lazy("Send fewer or smaller files."),
    ),
    Reason.VIRUS_DETECTED: (gettext_lazy("A file was taken for malware."), _LOOK),
    Reason.SPAM_DETECTED: (gettext_lazy("The mail was taken for spam."), _ADMINISTRATOR),
    Reason.BLOCKED: (gettext_lazy("Our server is not welcome there."), _ADMINISTRATOR),
    Reason.BAD_REPUTATION: (gettext_lazy("Our server has a bad name there."), _ADMINISTRATOR),
    Reason.REQUIRE_PTR: (gettext_lazy("Our server has no proper name."), _ADMINISTRATOR),
    Reason.AUTH_FAILURE: (
        gettext_lazy("Nothing vouched for our address (SPF, DKIM, DMARC)."),
        _ADMINISTRATOR,
    ),
    Reason.REJECTED: (gettext_lazy("Our address is not welcome there."), _ADMINISTRATOR),
    Reason.NO_RELAYING: (gettext_lazy("The server passes on no mail to there."), _ADMINISTRATOR),
    Reason.SECURITY_ERROR: (gettext_lazy("The servers do not trust each other."), _ADMINISTRATOR),
    Reason.FAILED_STARTTLS: (
        gettext_lazy("The servers could not agree on encryption."),
        _ADMINISTRATOR,
    ),
}
_OTHERWISE = (gettext_lazy("The server there did not take it."), _LOOK)


def in_words(bounce: Bounce) -> str:
    """Return why a mail came back, the server's own words, and what to do."""
    why, advice = _WORDS.get(bounce.reason, _OTHERWISE)
    said = " ".join(part for part in (bounce.status, bounce.diagnostic) if part)
    said = said[:_LONGEST_DIAGNOSTIC]
    if not said:
        return f"{why} {advice}"
    return _("{why} {advice} The server said: {said}").format(why=why, advice=advice, said=said)
