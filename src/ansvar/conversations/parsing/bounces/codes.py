"""What codes say: enhanced ones (RFC 3463, 5248, 7372, 7504, 7505, 8689), replies (RFC 5321)."""

from ansvar.conversations.parsing.bounces.bounce import Reason

_EXACT = {
    "1.0": Reason.REJECTED,
    "1.1": Reason.USER_UNKNOWN,
    "1.2": Reason.HOST_UNKNOWN,
    "1.3": Reason.USER_UNKNOWN,
    "1.4": Reason.FILTERED,
    "1.6": Reason.HAS_MOVED,
    "1.7": Reason.REJECTED,
    "1.8": Reason.REJECTED,
    "1.9": Reason.SYSTEM_ERROR,
    "1.10": Reason.NOT_ACCEPT,
    "2.0": Reason.FILTERED,
    "2.1": Reason.FILTERED,
    "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.EXCEED_LIMIT,
    "2.4": Reason.FILTERED,
    "3.0": Reason.SYSTEM_ERROR,
    "3.1": Reason.SYSTEM_FULL,
    "3.2": Reason.NOT_ACCEPT,
    "3.3": Reason.SYSTEM_ERROR,
    "3.4": Reason.MESSAGE_TOO_BIG,
    "3.5": Reason.SYSTEM_ERROR,
    "4.0": Reason.NETWORK_ERROR,
    "4.1": Reason.EXPIRED,
    "4.2": Reason.NETWORK_ERROR,
    "4.3": Reason.SYSTEM_ERROR,
    "4.4": Reason.HOST_UNKNOWN,
    "4.5": Reason.NETWORK_ERROR,
    "4.6": Reason.NETWORK_ERROR,
    "4.7": Reason.EXPIRED,
    "4.8": Reason.NETWORK_ERROR,
    "5.1": Reason.SYNTAX_ERROR,
    "5.2": Reason.SYNTAX_ERROR,
    "5.3": Reason.TOO_MANY_CONNECTIONS,
    "5.4": Reason.SYNTAX_ERROR,
    "5.5": Reason.SYNTAX_ERROR,
    "5.6": Reason.SYNTAX_ERROR,
    "7.0": Reason.SECURITY_ERROR,
    "7.1": Reason.SECURITY_ERROR,
    "7.2": Reason.REJECTED,
    "7.10": Reason.FAILED_STARTTLS,
    "7.13": Reason.SUSPEND,
    "7.16": Reason.MESSAGE_TOO_BIG,
    "7.17": Reason.HAS_MOVED,
    "7.18": Reason.HAS_MOVED,
    "7.4": Reason.FAILED_STARTTLS,
    "7.7": Reason.AUTH_FAILURE,
    "7.20": Reason.AUTH_FAILURE,
    "7.21": Reason.AUTH_FAILURE,
    "7.22": Reason.AUTH_FAILURE,
    "7.23": Reason.AUTH_FAILURE,
    "7.24": Reason.AUTH_FAILURE,
    "7.25": Reason.REQUIRE_PTR,
    "7.26": Reason.AUTH_FAILURE,
    "7.27": Reason.NOT_ACCEPT,
    "7.28": Reason.SPEEDING,
    "7.29": Reason.AUTH_FAILURE,
    "7.30": Reason.FAILED_STARTTLS,
}
_FIRST_DIGITS = {
    "1": Reason.REJECTED,
    "2": Reason.FILTERED,
    "3": Reason.SYSTEM_ERROR,
    "4": Reason.NETWORK_ERROR,
    "5": Reason.SYNTAX_ERROR,
    "6": Reason.CONTENT_ERROR,
    "7": Reason.SECURITY_ERROR,
}
_REPLIES = {
    "421": Reason.EXPIRED,
    "422": Reason.MAILBOX_FULL,
    "431": Reason.SYSTEM_FULL,
    "441": Reason.EXPIRED,
    "447": Reason.EXPIRED,
    "451": Reason.SYSTEM_ERROR,
    "452": Reason.SYSTEM_FULL,
    "500": Reason.SYNTAX_ERROR,
    "502": Reason.SYNTAX_ERROR,
    "503": Reason.SYNTAX_ERROR,
    "504": Reason.SYNTAX_ERROR,
    "521": Reason.NOT_ACCEPT,
    "530": Reason.SECURITY_ERROR,
    "535": Reason.SECURITY_ERROR,
    "551": Reason.HAS_MOVED,
    "552": Reason.MAILBOX_FULL,
    "556": Reason.NOT_ACCEPT,
}


def reason_by_status(status: str) -> Reason | None:
    """Return what an enhanced status code says."""
    kind, _, rest = status.partition(".")
    if kind == "2":
        return Reason.DELIVERED
    if status == "4.7.1":
        return Reason.BLOCKED
    return _EXACT.get(rest) or _FIRST_DIGITS.get(rest.partition(".")[0])


def reason_by_reply(reply: str) -> Reason | None:
    """Return what a reply code alone says, if it says something."""
    return _REPLIES.get(reply)
