"""What servers say loosely: of users they do not know, and of all kinds of trouble."""

from ansvar.conversations.parsing.bounces.bounce import Reason
from ansvar.conversations.parsing.bounces.phrases import Meanings, any_of

ONLY_FILTERED = any_of(
    r"^(?:5\d\d[ -]?|.{0,120}-> ?5\d\d)[ :]{0,3}: ?user unknown",
    r"message (?:was )?filtered|address ambiguous",
    r"recipient (?:is )?(?:only )?accepting mail from specific",
    r"rejected by (?:the )?user\b|user (?:rejects|refuses)",
    r"due to extended inactivity",
)
"""A setting of the recipient turns mail away."""

UNKNOWN_USER = any_of(
    r"(?:user|recipient|mail ?box|account|address|alias|destinataire|customer"
    r"|person)s?\b.{0,80}?\b(?:unknown|not (?:found|exist|known|listed"
    r"|recogni[sz]ed|a valid|valid|available|local|here|our|in )|does(?: not|n't)"
    r" exist|couldn't be found|could not be found|unavailable|invalid|nonexist"
    r"|isn't|no longer (?:exist|valid|available|with)|n'existe|introuvable"
    r"|inconnu)",
    r"(?:unknown|no such|invalid|bad|non-?existent|unable to find|not find|no|not"
    r" a valid|not a known|undefined|illegal|wrong|incorrect) (?:or (?:illegal"
    r"|unknown) )?(?:destination )?(?:local )?(?:virtual )?(?:e-?mail )?(?:user"
    r"|recipient|mail ?box|account|address|alias|person|addressee|mail drop"
    r"|forward-path|local-part|destinataire|customer)\b",
    r"(?:doesn't|does not) have an? .{0,80}account|not listed in|nosuchuser",
    r"no valid recipients|unknown (?:local|rcpt)|name is not recogni[sz]ed",
    r"not in (?:address ?book|directory)|not our customer|address not found",
    r"address .{0,30}(?:couldn't|wasn't|doesn't|could not be) (?:be )?(?:found"
    r"|exist)",
    r"adresse .{0,40}(?:invalide|inconnu|introuvable)|unbekannt|existiert nicht",
    r"no existe|non esiste|нет такого|не существует|не найден|bestaat niet",
    r"nie istnieje|finns inte",
)
"""There is no such user, says a server: because of the address, or of what it has seen besides."""
NO_ACCOUNT = any_of(
    r"(?:doesn't|does not) have an? .{0,80}account",
)
"""Said of accounts that exist, too, by those who answer without a code."""
NO_ADDRESS = any_of(
    r"^\d\d\d[ -]{1,2}x@y ?: user unknown|no valid recipients",
    r"\(and other recipients|cannot route mail to user",
    r"no mailbox here by that name|unknown local-part",
    r"(?:user|recipient|mail ?box|account|address) (?:does )?not exist",
    r"doesn't exist|not listed in|name is not recogni[sz]ed|unknown user: ",
    r"doesn't have an? .{0,80}account|address (?:was |is |could )?not (?:be )?found",
    r"(?:invalid|no such|non-?existent) (?:recipient|mail ?box|person|addressee)\b",
    r"(?:recipient|mail ?box) (?:was |is |could )?(?:not (?:be )?found|unknown)",
)
"""The same, said so that only the address can be meant."""

HINTS: Meanings = (
    (
        Reason.EXPIRED,
        any_of(
            r"timed? ?-?out|expired|too long (?:in|on) (?:the )?queue|queue too long",
            r"no response|not delivered within",
            r"could not (?:find a gateway|be delivered (?:for|within|after))",
            r"(?:could not|unable to) deliver .{0,40}(?:for the last|after \d|within)",
            r"\d+ (?:attempts|times)|did not accept our requests to connect|delayed",
            r"not responding|not reachable|socket error|unable to (?:connect|establish)",
            r"connection refused|try again later|temporarily unavailable",
            r"no answer from host|failing for a long time|long failure period",
            r"delivery retry|retry limit|will be retried|in queue|host ?name lookup fail",
            r"name lookup|retry (?:time|count)",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        any_of(
            r"service (?:currently |temporarily )?unavail",
            r"temporar(?:y|ily).{0,30}(?:problem|defer)|resources unavailable",
            r"try (?:again )?later|general failure|local error",
        ),
    ),
    (
        Reason.ON_HOLD,
        any_of(
            r"temporary failure$",
        ),
    ),
    (
        Reason.MAILER_ERROR,
        any_of(
            r"procmail|command (?:failed|died|output|time)|\bpipe\b",
            r"exit (?:status|code|\d)|mailer error|child process|local delivery failed",
            r"^\s*\d{1,3}\s*$|unknown mailer|deliver.{0,10}exit",
            r"return(?:ed|s)? (?:status|code)",
        ),
    ),
    (
        Reason.SYNTAX_ERROR,
        any_of(
            r"syntax error|command not|unrecogni[sz]ed command|bad sequence",
            r"need (?:rcpt|mail)|(?:improper|invalid) command|commands? out of",
        ),
    ),
)
"""What is judged after everything else, for it is said of all kinds of trouble."""
