"""What servers say of the form of a mail, of the way to it, and of themselves."""

from ansvar.conversations.parsing.bounces.bounce import Reason
from ansvar.conversations.parsing.bounces.phrases import Meanings, any_of

TROUBLES: Meanings = (
    (
        Reason.CONTENT_ERROR,
        any_of(
            r"content (?:rejected|not|error|re-?encod|conver)",
            r"headers? (?:too (?:large|long|many|big)|size)|media not supported",
            r"(?:message|mail|mime) .{0,30}(?:malform|improper|not formatted)|media error",
            r"(?:malformed|broken|invalid|corrupt|too many|bad) (?:\w+ )?(?:mime|header|body"
            r"|boundary|part)",
            r"conversion|duplicate header",
            r"(?:8bit|8-bit|smtputf8|mime|charset|encoding|non-ascii"
            r"|characters?)\b.{0,40}(?:not|required|error|invalid|illegal|unsupport"
            r"|improper)",
            r"improper use of 8-bit",
        ),
    ),
    (
        Reason.NETWORK_ERROR,
        any_of(
            r"too many hops|hop count|loops? (?:back|detect|to myself)",
            r"mail (?:for .{0,80} |\w{1,20} )?loop|routing loop|maximum forwarding|lost connection",
            r"connection (?:lost|reset|closed|dropped)|no valid route|bad connection",
            r"congestion|routing server|address family mismatch",
            r"points? (?:back )?to (?:me|local|myself)|cname.lookup|best-preference mx",
            r"network (?:error|is unreachable|unreachable|problem)|no route|delivery loop",
            r"looping",
            r"(?:dns|name ?server|domain name system) .{0,30}(?:error|fail|problem)",
            r"hop limit|too many (?:\w+ )?received|(?:in|is) a loop|loop (?:found|detected)"
            r"|number of received",
            r"(?:connection|session|socket) (?:was |has been )?(?:terminated|aborted|broken"
            r"|interrupted)",
            r"broken pipe|no path to|host (?:is )?unreachable|network (?:is )?down|temporary dns",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        any_of(
            r"(?:internal|system|server|local|configuration|database|unexpected|backend)["
            r" -](?:\w+ )?(?:error|failure|problem|fault)\b",
            r"could not load|queue file|duplicated message-id|could not retrieve source",
            r"transaction failed|out of memory|cannot (?:open|create|allocate|fork|lock)",
            r"\bldap\b|temporary lookup failure|unable to scan|(?:scanner|milter"
            r"|content filter)\b.{0,30}"
            r"(?:unavail|fail|error|not)|temporary local problem|storedrv|dynamic error|too busy",
            r"(?:server|system) (?:is )?(?:busy|overloaded|under maintenance|shutting down"
            r"|in maintenance)",
            r"load (?:average|too high)|too high load|i/o error|write error|read error"
            r"|out of resources",
        ),
    ),
)
"""Said less exactly than the refusals, and looked for after them."""
