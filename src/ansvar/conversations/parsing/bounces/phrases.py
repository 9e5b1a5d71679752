"""What servers say, and what they mean by it.

The lists are read from the top: what is said exactly stands before what is said loosely.
"""

import re

from ansvar.conversations.parsing.bounces.bounce import Reason

Meanings = tuple[tuple[Reason, re.Pattern[str]], ...]


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return what finds any of *phrases*, in whatever letters."""
    return re.compile("|".join(phrases), re.IGNORECASE)


MEANINGS: Meanings = (
    (
        Reason.SPAM_DETECTED,
        any_of(
            r"(?:due to|as|for|is|be|contains?|been|was) (?:a |an |being |likely "
            r"|possible |suspected )*(?:spam|junk mail|ube|uce)\b(?! and)",
            r"\bspam (?:detected|classification|content|message|score|rejected|found"
            r"|mail)\b",
            r"reject.{0,60}- spam\b|blacklisted (?:url|link)|gtube|surbl|uribl",
        ),
    ),
    (
        Reason.NOT_ACCEPT,
        any_of(
            r"not accepting network messages",
            r"(?:host|system|server|domain) (?:is )?not accepting",
            r"(?:does not|doesn't) accept(?: any)? mail|never accepts? mail",
            r"seems? to reject all mail|record indicated no smtp service|null ?mx\b",
            r"empty mx|smtp protocol returned a permanent error",
            r"couldn't find a mail exchanger or ip address",
            r"couldn't find any host by that name.{0,20}mx|domain does not accept",
            r"host does not accept|malformed or unexpected name server reply",
        ),
    ),
    (
        Reason.SYNTAX_ERROR,
        any_of(
            r"malformed address|is not a valid rfc",
        ),
    ),
    (
        Reason.VIRUS_DETECTED,
        any_of(
            r"\bvirus(?:es)? (?:was |were |has been |is )?(?:found|detected)|infected",
            r"malware",
            r"(?:contains?|detected|found|carr(?:y|ies)).{0,30}\b(?:virus|trojan|worm)\b",
            r"infected message|virus[- ]infect|prohibited file type",
        ),
    ),
    (
        Reason.AUTH_FAILURE,
        any_of(
            r"\bdmarc\b|unauthenticated (?:e-?)?mail|sender is unauthenticated|domainkeys",
            r"\bspf\b.{0,40}(?:fail|reject|check|record|not|den|err)",
            r"sender policy framework",
            r"(?:fail|violat|due to|per|against|not pass).{0,30}\bspf\b|openspf",
            r"sender id .{0,20}fail|\bdkim\b.{0,60}(?:fail|reject|not|invalid|policy)",
            r"(?:not have|lacks?) authentication information|did not pass authentication",
        ),
    ),
    (
        Reason.NOT_COMPLIANT,
        any_of(
            r"(?:not|non)[- ](?:rfc ?\d* ?)?compliant",
            r"rfc ?\d{4}.{0,20}(?:violat|comply|complian)",
            r"(?:violates|against|conform to|compliant with) rfc ?\d{3,4}",
            r"multiple (?:addresses in )?(?:from|subject|to|date)\b.{0,20}(?:header|:)",
            r"missing .{0,20}(?:header|from:|date:|message-id)|no from: header",
            r"invalid from: header|bare (?:lf|cr)\b|line too long|too long line",
            r"header field .{0,30}(?:missing|invalid)",
        ),
    ),
    (
        Reason.REQUIRE_PTR,
        any_of(
            r"reverse[- ]?(?:dns|lookup|map|hostname|name)|\bptr\b|\brdns\b|no reverse",
            r"dns reverse|cannot (?:find|resolve) your (?:host ?name|reverse|address)",
            r"unverif[iy]+able sending ip",
            r"unable to (?:verify|resolve) .{0,30}(?:ip|client) .{0,10}(?:address|name)",
            r"ip(?: address)?.{0,40}(?:without|has no|does not have|lacks?)"
            r" .{0,20}(?:name|record)",
            r"(?:address|ip|host|client).{0,30}does not resolve|resolve your (?:host|ip)",
            r"client host rejected: cannot find|forward and reverse|valid sender domain",
            r"mismatch\w* client ip",
        ),
    ),
    (
        Reason.BAD_REPUTATION,
        any_of(
            r"reputation|senderscore|sender score",
        ),
    ),
    (
        Reason.TOO_MANY_CONNECTIONS,
        any_of(
            r"too many (?:concurrent |simultaneous |open |smtp |invalid )*(?:connections?"
            r"|sessions?|recipients?)\b(?! this hour)",
            r"connections? (?:rate|frequency|limit|count)\b|frequency limited|concurren",
            r"(?:reached|exceeded?) (?:the )?max(?:imum)?(?: number of)? (?:connection"
            r"|recipient|session)",
            r"(?:no|all available) ips\b|max(?:imum)? (?:connections|recipients|sessions)",
            r"trop de conn",
        ),
    ),
    (
        Reason.SPEEDING,
        any_of(
            r"sent? (?:to )?too many",
            r"too (?:much|many|fast).{0,20}(?:mails?|messages?|e-?mails?).{0,40}(?:hour"
            r"|day|minute)",
            r"(?:hourly|daily) .{0,20}(?:limit|quota)|submission rate|unusual rate",
            r"rate .{0,30}(?:exceed|limit|too (?:high|fast)|that prevents)|throttl",
            r"slow(?:ing)? down|too (?:fast|quickly)\b|per (?:hour|minute)\b",
            r"rate[- ]?limit",
        ),
    ),
    (
        Reason.FAILED_STARTTLS,
        any_of(
            r"starttls|tls (?:is )?(?:required|negotiation|handshake|session)",
            r"\bssl (?:handshake|error)|certificate (?:verif|rejected|unknown|expired)",
        ),
    ),
    (
        Reason.MAILBOX_FULL,
        any_of(
            r"(?:mail ?box|inbox|mail ?folder|mail ?drop|account|user|recipient)(?: for"
            r" \S{1,100})?(?: is|'s| has| have| was| size| storage| quota)* ?(?:over"
            r" ?quota|full\b|exceeded|over (?:its|the|his|quota|limit)|out of|too (?:full"
            r"|large))",
            r"(?:over|exceed(?:s|ed|ing)?|out of|beyond) (?:(?:the|its|his|their|of|disk"
            r"|storage|mail ?box|mail ?store|user|account|allowed|maximum) ){0,4}(?:quota"
            r"|storage|allocation)",
            r"quota (?:is |has been |was |would be |limit )*(?:exceed|full|reach|violat"
            r"|depass)",
            r"mailbox.{0,20}\bfull|insufficient mailbox|too much mail|quotafull|disk quota",
            r"full mailbox|storage (?:space )?(?:limit|exceed|full|quota)",
            r"maildir (?:delivery failed|over)",
            r"not enough (?:storage )?space (?:in|for) .{0,30}(?:mailbox|user|recip)",
            r"mailbox exceeds|pleine\b|postfach .{0,20}voll|переполнен",
            r"too many messages in|(?:account|user) over quota",
        ),
    ),
    (
        Reason.EXCEED_LIMIT,
        any_of(
            r"fixed maximum message size|receive limit|limit set by (?:the )?recipient",
            r"too large for (?:mail ?box)",
        ),
    ),
    (
        Reason.MESSAGE_TOO_BIG,
        any_of(
            r"(?:message|mail|e-?mail|size|body|data|content) .{0,30}(?:too (?:large|big)"
            r"|exceeds? .{0,40}(?:size|limit|maximum))",
            r"(?:message|mail|max(?:imum)?)[- ]?(?:file ?)?size|over ?-?sized?\b",
            r"line limit|sizelimit|too big|exceeds? (?:the )?(?:maximum|size)",
            r"larger than the",
        ),
    ),
    (
        Reason.SYSTEM_FULL,
        any_of(
            r"(?:mail )?system (?:is )?full",
            r"insufficient (?:system|disk) (?:storage|resource|space)|no space left",
            r"disk (?:is )?full|file ?system full|not enough (?:disk )?space",
            r"aborted: exceeded storage",
        ),
    ),
    (
        Reason.SUSPEND,
        any_of(
            r"(?:account|user|mailbox|recipient|customer|destinataire)\b.{0,40}\b(?:is"
            r"|has been|was|been|temporarily|currently|est|or) (?:\w+ ){0,2}(?:disabled"
            r"|suspend|inactive|deactivat|discontinued|blocked|bloque|locked|frozen|on"
            r" hold|expired|not active|closed|cancell?ed)",
            r"(?:disabled|suspended|inactive|deactivated|discontinued|locked|expired)"
            r" (?:e-?mail )?(?:account|user|mailbox|recipient|address|box)",
            r"account (?:disabled|expired|inactive|locked)",
            r"(?:user|account)\b.{0,60}temporar\w{1,4} locked|user suspend",
            r"boite .{0,30}(?:archiv|bloqu)|(?:account|mailbox|user).{0,20} suspended",
        ),
    ),
    (
        Reason.HAS_MOVED,
        any_of(
            r"(?:user|recipient|account|mailbox) (?:has |have |is )?(?:moved|no longer on"
            r" (?:this )?server)",
            r"has (?:been )?(?:moved|replaced) (?:by|to)",
            r"changed (?:his|her|their|its) .{0,12}address",
            r"new (?:e-?mail )?address (?:is|now)|user not local; please try",
        ),
    ),
    (
        Reason.NO_RELAYING,
        any_of(
            r"relay(?:ing)?\b.{0,40}(?:denied|prohibit|not (?:allow|permit|accept"
            r"|support)|reject|block|disab)",
            r"insecure mail relay|not an? (?:open )?relay|we (?:do not|don't) relay",
            r"(?:not (?:allow|permit|configur|authori)\w*|unable|denied|refuse|no|cannot"
            r"|can't|won't|will not)[\w ]{0,20} relay",
            r"isn't in my list|not (?:in|on) my (?:list of )?(?:local|rcpthosts)|rcpthosts",
            r"that domain isn't|domain isn't allowed to be relayed|not a gateway",
        ),
    ),
    (
        Reason.NETWORK_ERROR,
        any_of(
            r"dns error: ?\d|establish an smtp connection|host ?name lookup fail",
            r"lookup failure$",
        ),
    ),
    (
        Reason.EXPIRED,
        any_of(
            r"(?:envelope|message|queue\.) ?expired",
        ),
    ),
    (
        Reason.USER_UNKNOWN,
        any_of(
            r"\brecipient address rejected ?: access denied|validrcptto|recipnotfound",
        ),
    ),
    (
        Reason.REJECTED,
        any_of(
            r"sender address rejected|domain of (?:the )?sender",
            r"address that has been blacklisted",
        ),
    ),
    (
        Reason.HOST_UNKNOWN,
        any_of(
            r"\bhost (?:unknown|not found|could not be found|or domain name not found)",
            r"unknown host",
            r"domain (?:does not exist|not found|must exist|is not reachable|unknown)",
            r"dns lookup failure",
            r"(?:no such|unknown|bad destination|invalid|non-?existent|illegal)"
            r" (?:recipient )?(?:domain|host\b)",
            r"unrouteable|unroutable|nxdomain|name service error|host or domain",
            r"\bno (?:valid )?mx\b|domain name (?:not found|could not)",
            r"couldn't find any host|no dns|service not known|no route found to domain",
            r"unable to route|no host found|illegal host|bad destination system",
            r"domain name .{0,20}invalid|has no (?:mx|mail exchanger|valid mx|a record)",
            r"can't find .{0,20}(?:host|domain|mx)|recipient's domain",
            r"host .{1,80} not found|all relevant mx records|could not be resolved",
            r"(?:^|[ :])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20} does not exist",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        any_of(
            r"for (?:\w+ )?policy (?:reasons?|violation)|protocol violation",
            r"due to .{0,20}policy\b",
        ),
    ),
    (
        Reason.SPAM_DETECTED,
        any_of(
            r"(?:classified|identified|detected|considered|recogni[sz]ed|marked|tagged"
            r"|flagged|scored|regarded|seen|rejected|blocked|refused"
            r"|denied).{0,40}\b(?:spam|junk|ube|uce)\b",
            r"\bspam\b.{0,20}(?:detect|found|reject|content|message|mail|score|class"
            r"|filter|refus|not accept)",
            r"unsolicited|mail rejete|no spam|anti-?spam|bulk mail|spammy",
            r"(?:looks?|appears?|seems?|smells?|sounds?|likely|possibl[ey]|probabl[ey]"
            r"|suspected) .{0,40}\bspam",
            r"content.{0,30}(?:spam|blacklist|denied)",
        ),
    ),
    (
        Reason.BLOCKED,
        any_of(
            r"client host .{0,120}(?:rejected|blocked)",
            r"\b(?:ip|server|connection|client|mta|network)s?\b(?:"
            r" address)?.{0,60}\b(?:block(?:ed|list)|black ?-?list|banned|denylist|dnsbl)",
            r"blocked (?:using|by|for|-|ip|see|due|from)|\bblack-?list(?:ed)?|block ?list",
            r"dnsbl|\brbl\b|spamhaus|spamcop|barracuda(?:central)|abuseat|sorbs",
            r"banned sending|invalid ip for sending|connection refused by",
            r"no (?:access|connection|mail accepted) from|refused to talk",
            r"mail .{0,30}refused from",
            r"connections? (?:not accepted|refused|dropped|denied) from",
            r"(?:access|service) denied.{0,60}\bip\b",
            r"not (?:allowed|permitted|authori[sz]ed) to connect|dynamic ip|dial-?up",
            r"residential|(?:helo|ehlo)\b.{0,60}(?:reject|invalid|bad\b|not|den)",
            r"gr[ae]y-?list|\(bl\)|(?:smtp server )?of your isp",
            r"your (?:server|host|ip|network|mail server).{0,40}(?:block|reject|list"
            r"|refus|den)",
            r"unacceptable mail server|may not be mail exchanger",
        ),
    ),
    (
        Reason.REJECTED,
        any_of(
            r"sender(?:'s)? (?:(?:address|domain|e-?mail|verify|ip)"
            r" ){0,2}.{0,30}(?:reject|denied|refus|not (?:allow|accept|exist|found|valid"
            r"|permit)|fail|invalid|unknown|must|black|unresolv)",
            r"(?:invalid|unknown|bad|illegal|unresolvable|restricted|refused|rejected"
            r"|bogus|unverified) (?:sender|return|envelope)",
            r"domain of sender|backscatter|emetteur (?:invalide|inaccess)",
            r"(?:mail|message|e-?mail) from .{0,80}(?:reject|refus|denied|not (?:accept"
            r"|allow|permit))",
            r"(?:mail from|return-path|reverse-path).{0,60}(?:reject|denied|not accept"
            r"|invalid|not exist)",
            r"not (?:a |an )?(?:subscribed )?member\b",
            r"not (?:authori[sz]ed|allowed|permitted) to (?:post|send)",
            r"only (?:members|subscribers)|can'?t send to this|recipnotauth",
            r"group you tried to contact",
            r"you (?:are|aren't|'re) not (?:allowed|permitted|authori[sz]ed)|access denied",
            r"not a registered gateway user|senders? .{0,30}(?:authenticated|internal)",
        ),
    ),
    (
        Reason.SECURITY_ERROR,
        any_of(
            r"authenticat(?:ion|e).{0,30}(?:required|fail|turned|unsuccess|need|first)",
            r"must authenticate|not authori[sz]ed|authori[sz]ation (?:fail|required)",
            r"auth(?:entication)? (?:is )?required",
            r"(?:log ?in|password|credentials).{0,30}(?:fail|required|invalid|incorrect)",
            r"cryptographic|could not retrieve credentials|sasl auth",
            r"security (?:problem|error|failure|polic)|permission denied",
            r"encryption (?:needed|required)",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        any_of(
            r"host network not allowed|potential security issue",
            r"content presents a potential|(?:would )?violate the security policy",
            r"polic(?:y|ies)\b|violat|header error|prohibit|not permitted",
            r"administrative(?:ly)?\b|closed user group",
            r"attachment .{0,60}(?:block|not|reject|dis|contain)|disallowed",
            r"blocked attachment",
        ),
    ),
    (
        Reason.CONTENT_ERROR,
        any_of(
            r"content (?:rejected|not|error|re-?encod|conver)",
            r"headers? (?:too (?:large|long|many|big)|size)|media not supported",
            r"(?:message|mail|mime) .{0,30}(?:malform|improper|not formatted)|media error",
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
            r"mail (?:for .{0,80} )?loop|routing loop|maximum forwarding|lost connection",
            r"connection (?:lost|reset|closed|dropped)|no valid route|bad connection",
            r"congestion|routing server|address family mismatch",
            r"points? (?:back )?to (?:me|local|myself)|cname.lookup|best-preference mx",
            r"network (?:error|is unreachable|unreachable|problem)|no route|delivery loop",
            r"looping",
            r"(?:dns|name ?server|domain name system) .{0,30}(?:error|fail|problem)",
            r"hop limit",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        any_of(
            r"(?:internal|system|server|local|configuration|database|unexpected|backend)["
            r" -](?:\w+ )?(?:error|failure|problem|fault)\b",
            r"could not load|queue file|duplicated message-id|could not retrieve source",
            r"transaction failed|out of memory|cannot (?:open|create|allocate|fork|lock)",
            r"\bldap\b",
        ),
    ),
)
