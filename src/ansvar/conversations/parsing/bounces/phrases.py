"""What servers say, and what they mean by it.

The lists are read from the top: what is said exactly stands before what is said loosely.
"""

import re

from ansvar.conversations.parsing.bounces.bounce import Reason

Meanings = tuple[tuple[Reason, re.Pattern[str]], ...]


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


MARKS: Meanings = (
    (
        Reason.REJECTED,
        _any(
            r"groups\.google\.com/support|\[TSS\d\d\]|\?p=CustomFromDenied",
            # DOCOMO says so of mail whose sender its customer has shut out.
            r"550 Unknown user \S{1,64}@[\w.-]{0,60}\bdocomo\.",
        ),
    ),
    (Reason.FILTERED, _any(r"\(state 1[78]\)")),
    (
        Reason.USER_UNKNOWN,
        _any(r"\?p=NoSuchUser|p=TlsPolicy_NEVER|RESOLVER\.ADR\.\w*Recip(?:ient)?NotFound"),
    ),
    (Reason.MAILBOX_FULL, _any(r"\?p=OverQuota")),
    (Reason.SUSPEND, _any(r"\?p=(?:Disabled|Inactive)User")),
    (Reason.NOT_COMPLIANT, _any(r"\?p=Rfc\w+Compliant")),
    (Reason.AUTH_FAILURE, _any(r"\?p=(?:DmarcRejection|Unauthenticated|BlockedAuth)")),
    # Orange and LaPoste number their refusals instead of explaining them.
    (Reason.TOO_MANY_CONNECTIONS, _any(r"\b(?:ofr|lpn)\d{0,3}_10[45]\b")),
    (Reason.SPAM_DETECTED, _any(r"\b(?:ofr|lpn)\d{0,3}_5[01]\d\b", r"\bIB(?:510|70[45])\b")),
    (Reason.POLICY_VIOLATION, _any(r"\b(?:ofr|lpn)\d{0,3}_6[1-4]0\b")),
    (Reason.UNDEFINED, _any(r"\b(?:ofr|lpn)\d{0,3}_10[67]\b")),
    (Reason.SPEEDING, _any(r"\bIB60\d\b")),
    (Reason.REQUIRE_PTR, _any(r"\bCXDNS\b|\bIB21[12]\b")),
    (
        Reason.BLOCKED,
        _any(
            r"\b(?:CXBL|IPBL\d+|BL2[13])\b|\bAUP#\w{0,10}BL\b",
            r"\b(?:4\.7\.5\d\d|5\.7\.511|5\.7\.6(?:0[6-9]|[1-4]\d))\b",
        ),
    ),
    (Reason.BAD_REPUTATION, _any(r"\b[45]\.7\.(?:650|651)\b")),
    # Facebook names its refusals by three letters and a number.
    (Reason.USER_UNKNOWN, _any(r"\bRCP-P1\b")),
    (Reason.FILTERED, _any(r"\bRCP-P2\b")),
    (Reason.SUSPEND, _any(r"\bRCP-P3\b")),
    (Reason.SYSTEM_ERROR, _any(r"\b(?:RCP-T|INT-[PT])\d\b")),
    (Reason.TOO_MANY_CONNECTIONS, _any(r"\bCON-T\d\b")),
    (Reason.BLOCKED, _any(r"\bPOL-P[1-4]\b")),
    (Reason.VIRUS_DETECTED, _any(r"\bPOL-P5\b")),
    (Reason.POLICY_VIOLATION, _any(r"\bPOL-P6\b")),
    (Reason.AUTH_FAILURE, _any(r"\bPOL-P7\b")),
    (Reason.SPEEDING, _any(r"\bPOL-T\d\b")),
    (Reason.REJECTED, _any(r"\bDNS-[PT]\d\b")),
    (Reason.NOT_COMPLIANT, _any(r"\bMSG-P1\b")),
    (Reason.MESSAGE_TOO_BIG, _any(r"\bMSG-P2\b")),
)
"""Codes and links of single providers, looked for in the words as they came."""

MEANINGS: Meanings = (
    (
        Reason.SPAM_DETECTED,
        _any(
            r"(?:due to|as|for|is|be|contains?|been|was) (?:a |an |being |likely |possible |suspected )*"
            r"(?:spam|junk mail|ube|uce)\b(?! and)",
            r"\bspam (?:detected|classification|content|message|score|rejected|found|mail)\b",
            r"reject.{0,60}- spam\b|blacklisted (?:url|link)|gtube|surbl|uribl",
        ),
    ),
    (
        Reason.NOT_ACCEPT,
        _any(
            r"not accepting (?:network )?(?:messages|mail)|(?:does not|doesn't) accept(?: any)? mail",
            r"never accepts? mail|seems? to reject all mail|record indicated no smtp service|null ?mx\b|empty mx|smtp protocol returned a permanent error",
            r"couldn't find a mail exchanger or ip address|couldn't find any host by that name.{0,20}mx",
            r"domain does not accept|host does not accept|malformed or unexpected name server reply",
        ),
    ),
    (Reason.SYNTAX_ERROR, _any(r"malformed address|is not a valid rfc")),
    (
        Reason.VIRUS_DETECTED,
        _any(
            r"\bvirus(?:es)? (?:was |were |has been |is )?(?:found|detected)|infected|malware",
            r"(?:contains?|detected|found|carr(?:y|ies)).{0,30}\b(?:virus|trojan|worm)\b",
            r"infected message|virus[- ]infect|prohibited file type",
        ),
    ),
    (
        Reason.AUTH_FAILURE,
        _any(
            r"\bdmarc\b|unauthenticated (?:e-?)?mail|sender is unauthenticated|domainkeys",
            r"\bspf\b.{0,40}(?:fail|reject|check|record|not|den|err)|sender policy framework",
            r"(?:fail|violat|due to|per|against|not pass).{0,30}\bspf\b|openspf",
            r"sender id .{0,20}fail|\bdkim\b.{0,60}(?:fail|reject|not|invalid|policy)",
            r"(?:not have|lacks?) authentication information|did not pass authentication",
        ),
    ),
    (
        Reason.NOT_COMPLIANT,
        _any(
            r"(?:not|non)[- ](?:rfc ?\d* ?)?compliant|rfc ?\d{4}.{0,20}(?:violat|comply|complian)",
            r"(?:violates|against|conform to|compliant with) rfc ?\d{3,4}",
            r"multiple (?:addresses in )?(?:from|subject|to|date)\b.{0,20}(?:header|:)",
            r"missing .{0,20}(?:header|from:|date:|message-id)|no from: header|invalid from: header",
            r"bare (?:lf|cr)\b|line too long|too long line|header field .{0,30}(?:missing|invalid)",
        ),
    ),
    (
        Reason.REQUIRE_PTR,
        _any(
            r"reverse[- ]?(?:dns|lookup|map|hostname|name)|\bptr\b|\brdns\b|no reverse|dns reverse",
            r"cannot (?:find|resolve) your (?:host ?name|reverse|address)|unverif[iy]+able sending ip",
            r"unable to (?:verify|resolve) .{0,30}(?:ip|client) .{0,10}(?:address|name)",
            r"ip(?: address)?.{0,40}(?:without|has no|does not have|lacks?) .{0,20}(?:name|record)",
            r"(?:address|ip|host|client).{0,30}does not resolve|resolve your (?:host|ip)",
            r"client host rejected: cannot find|forward and reverse|valid sender domain|mismatch\w* client ip",
        ),
    ),
    (Reason.BAD_REPUTATION, _any(r"reputation|senderscore|sender score")),
    (
        Reason.TOO_MANY_CONNECTIONS,
        _any(
            r"too many (?:concurrent |simultaneous |open |smtp |invalid )*(?:connections?|sessions?"
            r"|recipients?)\b(?! this hour)",
            r"connections? (?:rate|frequency|limit|count)\b|frequency limited|concurren",
            r"(?:reached|exceeded?) (?:the )?max(?:imum)?(?: number of)? (?:connection|recipient|session)",
            r"(?:no|all available) ips\b|max(?:imum)? (?:connections|recipients|sessions)|trop de conn",
        ),
    ),
    (
        Reason.SPEEDING,
        _any(
            r"sent? (?:to )?too many|too (?:much|many|fast).{0,20}(?:mails?|messages?|e-?mails?).{0,40}"
            r"(?:hour|day|minute)|(?:hourly|daily) .{0,20}(?:limit|quota)|submission rate",
            r"unusual rate|rate .{0,30}(?:exceed|limit|too (?:high|fast)|that prevents)|throttl",
            r"slow(?:ing)? down|too (?:fast|quickly)\b|per (?:hour|minute)\b|rate[- ]?limit",
        ),
    ),
    (
        Reason.FAILED_STARTTLS,
        _any(
            r"starttls|tls (?:is )?(?:required|negotiation|handshake|session)|\bssl (?:handshake|error)",
            r"certificate (?:verif|rejected|unknown|expired)",
        ),
    ),
    (
        Reason.MAILBOX_FULL,
        _any(
            r"(?:mail ?box|inbox|mail ?folder|mail ?drop|account|user|recipient)(?: for \S{1,100})?"
            r"(?: is|'s| has| have| was| size| storage| quota)* ?(?:over ?quota|full\b|exceeded"
            r"|over (?:its|the|his|quota|limit)|out of|too (?:full|large))",
            r"(?:over|exceed(?:s|ed|ing)?|out of|beyond) (?:(?:the|its|his|their|of|disk|storage|mail ?box"
            r"|mail ?store|user|account|allowed|maximum) ){0,4}(?:quota|storage|allocation)",
            r"quota (?:is |has been |was |would be |limit )*(?:exceed|full|reach|violat|depass)",
            r"mailbox.{0,20}\bfull|insufficient mailbox|too much mail|quotafull|disk quota|full mailbox",
            r"storage (?:space )?(?:limit|exceed|full|quota)|maildir (?:delivery failed|over)",
            r"not enough (?:storage )?space (?:in|for) .{0,30}(?:mailbox|user|recip)|mailbox exceeds",
            r"pleine\b|postfach .{0,20}voll|переполнен|too many messages in|(?:account|user) over quota",
        ),
    ),
    (
        Reason.EXCEED_LIMIT,
        _any(
            r"fixed maximum message size|receive limit|limit set by (?:the )?recipient|too large for (?:mail ?box)"
        ),
    ),
    (
        Reason.MESSAGE_TOO_BIG,
        _any(
            r"(?:message|mail|e-?mail|size|body|data|content) .{0,30}(?:too (?:large|big)|exceeds?"
            r" .{0,40}(?:size|limit|maximum))|(?:message|mail|max(?:imum)?)[- ]?(?:file ?)?size",
            r"over ?-?sized?\b|line limit|sizelimit|too big|exceeds? (?:the )?(?:maximum|size)|larger than the",
        ),
    ),
    (
        Reason.SYSTEM_FULL,
        _any(
            r"(?:mail )?system (?:is )?full|insufficient (?:system|disk) (?:storage|resource|space)",
            r"no space left|disk (?:is )?full|file ?system full|not enough (?:disk )?space",
            r"aborted: exceeded storage",
        ),
    ),
    (
        Reason.SUSPEND,
        _any(
            r"(?:account|user|mailbox|recipient|customer|destinataire)\b.{0,40}\b(?:is|has been|was|been"
            r"|temporarily|currently|est|or) (?:\w+ ){0,2}(?:disabled|suspend|inactive|deactivat"
            r"|discontinued|blocked|bloque|locked|frozen|on hold|expired|not active|closed|cancell?ed)",
            r"(?:disabled|suspended|inactive|deactivated|discontinued|locked|expired) (?:e-?mail )?"
            r"(?:account|user|mailbox|recipient|address|box)|account (?:disabled|expired|inactive|locked)",
            r"(?:user|account)\b.{0,60}temporar\w{1,4} locked|user suspend|boite .{0,30}(?:archiv|bloqu)|(?:account|mailbox|user).{0,20} suspended",
        ),
    ),
    (
        Reason.HAS_MOVED,
        _any(
            r"(?:user|recipient|account|mailbox) (?:has |have |is )?(?:moved|no longer on (?:this )?server)",
            r"has (?:been )?(?:moved|replaced) (?:by|to)|changed (?:his|her|their|its) .{0,12}address",
            r"new (?:e-?mail )?address (?:is|now)|user not local; please try",
        ),
    ),
    (
        Reason.NO_RELAYING,
        _any(
            r"relay(?:ing)?\b.{0,40}(?:denied|prohibit|not (?:allow|permit|accept|support)|reject|block"
            r"|disab)|insecure mail relay|not an? (?:open )?relay|we (?:do not|don't) relay",
            r"(?:not (?:allow|permit|configur|authori)\w*|unable|denied|refuse|no|cannot|can't|won't|will not)"
            r"[\w ]{0,20} relay|isn't in my list|not (?:in|on) my (?:list of )?(?:local|rcpthosts)",
            r"rcpthosts|that domain isn't|domain isn't allowed to be relayed|not a gateway",
        ),
    ),
    (
        Reason.NETWORK_ERROR,
        _any(r"dns error: ?\d|establish an smtp connection|host ?name lookup fail|lookup failure$"),
    ),
    (Reason.EXPIRED, _any(r"(?:envelope|message|queue\.) ?expired")),
    (
        Reason.USER_UNKNOWN,
        _any(r"\brecipient address rejected ?: access denied", r"validrcptto|recipnotfound"),
    ),
    (
        Reason.REJECTED,
        _any(
            r"sender address rejected|domain of (?:the )?sender|address that has been blacklisted"
        ),
    ),
    (
        Reason.HOST_UNKNOWN,
        _any(
            r"\bhost (?:unknown|not found|could not be found|or domain name not found)|unknown host",
            r"domain (?:does not exist|not found|must exist|is not reachable|unknown)|dns lookup failure",
            r"(?:no such|unknown|bad destination|invalid|non-?existent|illegal) (?:recipient )?(?:domain|host\b)",
            r"unrouteable|unroutable|nxdomain|name service error|host or domain|\bno (?:valid )?mx\b",
            r"domain name (?:not found|could not)|couldn't find any host|no dns|service not known",
            r"no route found to domain|no host found|illegal host|bad destination system|domain name .{0,20}invalid",
            r"has no (?:mx|mail exchanger|valid mx|a record)|can't find .{0,20}(?:host|domain|mx)",
            r"recipient's domain|host .{1,80} not found|all relevant mx records|could not be resolved",
            r"(?:^|[ :])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20} does not exist",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        _any(
            r"for (?:\w+ )?policy (?:reasons?|violation)|protocol violation|due to .{0,20}policy\b"
        ),
    ),
    (
        Reason.SPAM_DETECTED,
        _any(
            r"(?:classified|identified|detected|considered|recogni[sz]ed|marked|tagged|flagged|scored"
            r"|regarded|seen|rejected|blocked|refused|denied).{0,40}\b(?:spam|junk|ube|uce)\b",
            r"\bspam\b.{0,20}(?:detect|found|reject|content|message|mail|score|class|filter|refus"
            r"|not accept)|unsolicited|mail rejete|no spam|anti-?spam|bulk mail|spammy",
            r"(?:looks?|appears?|seems?|smells?|sounds?|likely|possibl[ey]|probabl[ey]|suspected) "
            r".{0,40}\bspam|content.{0,30}(?:spam|blacklist|denied)",
        ),
    ),
    (
        Reason.BLOCKED,
        _any(
            r"client host .{0,120}(?:rejected|blocked)|\b(?:ip|server|connection|client|mta|network)s?\b"
            r"(?: address)?.{0,60}\b(?:block(?:ed|list)|black ?-?list|banned|denylist|dnsbl)",
            r"blocked (?:using|by|for|-|ip|see|due|from)|\bblack-?list(?:ed)?|block ?list|dnsbl|\brbl\b",
            r"spamhaus|spamcop|barracuda(?:central)|abuseat|sorbs|banned sending|invalid ip for sending",
            r"connection refused by|no (?:access|connection|mail accepted) from|refused to talk|mail .{0,30}refused from",
            r"connections? (?:not accepted|refused|dropped|denied) from|(?:access|service) denied.{0,60}\bip\b",
            r"not (?:allowed|permitted|authori[sz]ed) to connect|dynamic ip|dial-?up|residential",
            r"(?:helo|ehlo)\b.{0,60}(?:reject|invalid|bad\b|not|den)|gr[ae]y-?list|\(bl\)",
            r"(?:smtp server )?of your isp|your (?:server|host|ip|network|mail server).{0,40}(?:block|reject"
            r"|list|refus|den)|unacceptable mail server|may not be mail exchanger",
        ),
    ),
    (
        Reason.REJECTED,
        _any(
            r"sender(?:'s)? (?:(?:address|domain|e-?mail|verify|ip) ){0,2}.{0,30}(?:reject|denied|refus"
            r"|not (?:allow|accept|exist|found|valid|permit)|fail|invalid|unknown|must|black|unresolv)",
            r"(?:invalid|unknown|bad|illegal|unresolvable|restricted|refused|rejected|bogus|unverified) "
            r"(?:sender|return|envelope)|domain of sender|backscatter|emetteur (?:invalide|inaccess)",
            r"(?:mail|message|e-?mail) from .{0,80}(?:reject|refus|denied|not (?:accept|allow|permit))",
            r"(?:mail from|return-path|reverse-path).{0,60}(?:reject|denied|not accept|invalid|not exist)",
            r"not (?:a |an )?(?:subscribed )?member\b|not (?:authori[sz]ed|allowed|permitted) to (?:post|send)",
            r"only (?:members|subscribers)|can'?t send to this|recipnotauth|group you tried to contact",
            r"you (?:are|aren't|'re) not (?:allowed|permitted|authori[sz]ed)|access denied",
            r"not a registered gateway user|senders? .{0,30}(?:authenticated|internal)",
        ),
    ),
    (
        Reason.SECURITY_ERROR,
        _any(
            r"authenticat(?:ion|e).{0,30}(?:required|fail|turned|unsuccess|need|first)|must authenticate",
            r"not authori[sz]ed|authori[sz]ation (?:fail|required)|auth(?:entication)? (?:is )?required",
            r"(?:log ?in|password|credentials).{0,30}(?:fail|required|invalid|incorrect)|cryptographic",
            r"could not retrieve credentials|sasl auth|security (?:problem|error|failure|polic)|permission denied|encryption (?:needed|required)",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        _any(
            r"host network not allowed|(?:would )?violate the security policy|polic(?:y|ies)\b|violat|header error|prohibit|not permitted|administrative(?:ly)?\b|closed user group",
            r"attachment .{0,60}(?:block|not|reject|dis|contain)|disallowed|blocked attachment",
        ),
    ),
    (
        Reason.CONTENT_ERROR,
        _any(
            r"content (?:rejected|not|error|re-?encod|conver)|headers? (?:too (?:large|long|many|big)|size)",
            r"(?:message|mail|mime) .{0,30}(?:malform|improper|not formatted)|media error|conversion",
            r"duplicate header|(?:8bit|8-bit|smtputf8|mime|charset|encoding|non-ascii|characters?)\b.{0,40}"
            r"(?:not|required|error|invalid|illegal|unsupport|improper)|improper use of 8-bit",
        ),
    ),
    (
        Reason.NETWORK_ERROR,
        _any(
            r"too many hops|hop count|loops? (?:back|detect|to myself)|mail (?:for .{0,80} )?loop",
            r"routing loop|maximum forwarding|lost connection|connection (?:lost|reset|closed|dropped)",
            r"no valid route|address family mismatch|points? (?:back )?to (?:me|local|myself)|cname.lookup",
            r"best-preference mx|network (?:error|is unreachable|unreachable|problem)|no route|delivery loop|looping",
            r"(?:dns|name ?server|domain name system) .{0,30}(?:error|fail|problem)|hop limit",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        _any(
            r"(?:internal|system|server|local|configuration|database|unexpected|backend)[ -]"
            r"(?:\w+ )?(?:error|failure|problem|fault)\b|could not load|queue file|duplicated message-id",
            r"could not retrieve source|transaction failed|out of memory|cannot (?:open|create|allocate|fork|lock)|\bldap\b",
        ),
    ),
)

ONLY_FILTERED = _any(
    r"^(?:5\d\d[ -]?|.{0,120}-> ?5\d\d)[ :]{0,3}: ?user unknown",
    r"message (?:was )?filtered|recipient (?:is )?(?:only )?accepting mail from specific",
    r"rejected by (?:the )?user\b|user (?:rejects|refuses)|due to extended inactivity",
)
"""A setting of the recipient turns mail away."""

UNKNOWN_USER = _any(
    r"(?:user|recipient|mail ?box|account|address|alias|destinataire|customer|person)s?\b.{0,80}?"
    r"\b(?:unknown|not (?:found|exist|known|listed|recogni[sz]ed|a valid|valid|available|local|here|our"
    r"|in )|does(?: not|n't) exist|couldn't be found|could not be found|unavailable|invalid|nonexist"
    r"|isn't|no longer (?:exist|valid|available|with)|n'existe|introuvable|inconnu)",
    r"(?:unknown|no such|invalid|bad|non-?existent|unable to find|not find|no|not a valid"
    r"|not a known|undefined|illegal|wrong|incorrect) (?:or (?:illegal|unknown) )?(?:destination )?"
    r"(?:local )?(?:virtual )?(?:e-?mail )?(?:user|recipient|mail ?box|account|address|alias|person|"
    r"addressee|mail drop|forward-path|local-part|destinataire|customer)\b",
    r"(?:doesn't|does not) have an? .{0,80}account|not listed in|nosuchuser|no valid recipients|unknown (?:local|rcpt)",
    r"name is not recogni[sz]ed|not in (?:address ?book|directory)|not our customer|address not found",
    r"address .{0,30}(?:couldn't|wasn't|doesn't|could not be) (?:be )?(?:found|exist)",
    r"adresse .{0,40}(?:invalide|inconnu|introuvable)|unbekannt|existiert nicht|no existe|non esiste",
    r"нет такого|не существует|не найден|bestaat niet|nie istnieje|finns inte",
)
"""There is no such user, says a server: because of the address, or of what it has seen besides."""
NO_ACCOUNT = _any(r"(?:doesn't|does not) have an? .{0,80}account")
"""Said of accounts that exist, too, by those who answer without a code."""
NO_ADDRESS = _any(
    r"^\d\d\d[ -]{1,2}x@y ?: user unknown|no valid recipients|\(and other recipients",
    r"cannot route mail to user|no mailbox here by that name|unknown local-part",
    r"(?:user|recipient|mail ?box|account|address) (?:does )?not exist|doesn't exist|not listed in",
    r"name is not recogni[sz]ed|unknown user: |doesn't have an? .{0,80}account|address not found",
)
"""The same, said so that only the address can be meant."""

HINTS: Meanings = (
    (
        Reason.EXPIRED,
        _any(
            r"timed? ?-?out|expired|too long (?:in|on) (?:the )?queue|queue too long|no response",
            r"not delivered within|could not (?:find a gateway|be delivered (?:for|within|after))",
            r"(?:could not|unable to) deliver .{0,40}(?:for the last|after \d|within)|\d+ (?:attempts|times)",
            r"did not accept our requests to connect|delayed|not responding|not reachable|socket error",
            r"unable to (?:connect|establish)|connection refused|try again later|temporarily unavailable",
            r"failing for a long time|long failure period|delivery retry|retry limit|will be retried|in queue|host ?name lookup fail|name lookup|retry (?:time|count)",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        _any(
            r"service (?:currently |temporarily )?unavail|temporar(?:y|ily).{0,30}(?:problem|defer)",
            r"resources unavailable|try (?:again )?later|general failure|local error",
        ),
    ),
    (Reason.ON_HOLD, _any(r"temporary failure$")),
    (
        Reason.MAILER_ERROR,
        _any(
            r"procmail|command (?:failed|died|output|time)|\bpipe\b|exit (?:status|code|\d)|mailer error|child process|local delivery failed",
            r"^\s*\d{1,3}\s*$|unknown mailer|deliver.{0,10}exit|return(?:ed|s)? (?:status|code)",
        ),
    ),
    (
        Reason.SYNTAX_ERROR,
        _any(
            r"syntax error|command not|unrecogni[sz]ed command|bad sequence|need (?:rcpt|mail)",
            r"(?:improper|invalid) command|commands? out of",
        ),
    ),
)
"""What is judged after everything else, for it is said of all kinds of trouble."""
