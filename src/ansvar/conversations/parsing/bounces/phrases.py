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
            r"(?:probability|likelihood|chance) of (?:being )?(?:spam|junk)|spamvertis",
            r"(?:looks?|appears?|seems?) (?:\w+ ){0,3}(?:spam|junk)\b|\bx-spam\b|bounce\(spam\)",
            r"spam ?(?:assassin )?(?:points?|level|scale|threshold|probability|filter|signature)",
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
            r"infected message|virus[- ]infect|prohibited file type|eicar|ransomware",
            r"\b(?:trojan|worm)s? (?:\w+ ){0,2}(?:found|detected)",
            r"(?:contains?|detected|found|carr(?:y|ies)|due to|because of).{0,30}"
            r"\b(?:virus(?:es)?|worms?|trojans?|malicious|exploits?)\b",
            r"\b(?:phishing (?:or|detect|found|content|message|link|url)|malicious (?:content"
            r"|code|link|url|attachment|file))\b",
            r"(?:clamav|clamd|sophos|anti-?virus)\b.{0,40}(?:found|detect|reject|refus|block)",
        ),
    ),
    (
        Reason.AUTH_FAILURE,
        any_of(
            r"\bdmarc\b|unauthenticated (?:e-?)?mail|(?:sender|it) is unauthenticated|domainkeys",
            r"authentication (?:level|reasons|results?|checks?)\b|\barc\b.{0,20}(?:fail|invalid)",
            r"\b(?:dkim|arc)\b.{0,60}(?:problem|missing|required|absent|none|mismatch"
            r"|incorrect|bad)",
            r"(?:invalid|missing|bad|no|without|unsigned).{0,20}\bdkim\b",
            r"\b(?:sender id|pra)\b.{0,30}(?:not permitted|fail)|\bspf\b.{0,60}(?:forg|spoof"
            r"|polic)",
            r"(?:violat|missing|lacks?|without|no|invalid|bad|per|softfail).{0,20}\bspf\b",
            r"(?:spoof|forg)(?:ed|ing|ery)\b.{0,60}(?:sender|domain|from|mail|address|message)",
            r"(?:sender|domain|from|mail|address|message)\b.{0,30}(?:spoof|forge)(?:d|ed|ry)?\b",
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
            r"header field .{0,30}(?:missing|invalid)|(?:bare|lone|stray|naked) ?(?:cr|lf"
            r"|line ?feed)",
            r"multiple (?:from|sender|subject|to|date) (?:address|header|field|line)",
            r"(?:more than one|duplicate|two|several) (?:from|subject|date|to"
            r"|message-id)\b.{0,9}header",
            r"(?:valid|conform\w*|compl\w{1,6}|according) .{0,15}\brfc|nul(?:l)? characters?",
            r"(?:line|lines) (?:is |are |was )?(?:too long|longer than)"
            r"|line length (?:limit )?exceed",
            r"(?:no|missing|without|lacks?|valid|empty|invalid) (?:an? |the )?(?:valid )?"
            r"(?:from|date|message-id|sender|to)[: -]?(?: ?header| ?field)",
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
            r"client host rejected: cannot find|forward and reverse|without a valid sender domain",
            r"mismatch\w* client ip|fcrdns|generic (?:r?dns|host ?name|ptr)|helo .{0,30}ptr",
            r"(?:ip|address|client|host)\b.{0,40}(?:has|have) no (?:valid )?(?:name|dns"
            r"|host ?name)",
            r"(?:no|missing|invalid|bad) (?:dns|host) ?name (?:for|of) (?:your|the|this|client|ip)",
            r"(?:your|client|sending) (?:host ?name|ip|name)\b.{0,30}(?:cannot|could not|can't|not)"
            r" (?:be )?(?:found|resolve)",
        ),
    ),
    (
        Reason.BAD_REPUTATION,
        any_of(
            r"reputation|senderscore|sender score|(?:bad|poor|low) (?:ip|domain"
            r"|sender)? ?(?:score|rating)",
            r"(?:ip|domain|server|host)\b.{0,30}(?:bad|poor|low) (?:score|rating|history)",
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
            r"trop de conn|zu viele verbindungen|(?:connection|session"
            r"|recipient)s? limit (?:reach|exc)",
            r"maximum number of (?:\w+ )?(?:connections|sessions|recipients)",
            r"too many (?:\w+ )?(?:connections|sessions|recipients|rcpts?|addressees|channels)\b"
            r"(?! this hour)",
            r"(?:connection|session|recipient)s? (?:\w+ ){0,3}(?:exceeds?"
            r"|exceeded) (?:\w+ ){0,2}limit",
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
            r"slow(?:ing)? down|too (?:fast|quickly|often|frequently)\b|per (?:hour|minute|day)\b",
            r"rate[- ]?limit|too much mail from|sending (?:limit|quota|rate)",
            r"(?:message|mail|sending|send|sender|delivery|traffic) (?:rate|volume|frequency)\b",
            r"(?:tenant|sender|user|customer|domain"
            r"|account) (?:has )?exceeded (?:\w+ ){0,3}threshold",
            r"(?:unusual|excessive|unexpected|high|large) (?:\w+ )?(?:volume|rate|amount|number) of"
            r" (?:\w+ )?(?:e-?)?(?:mail|message|traffic|unsolicited)",
            r"sending (?:is |has been )?limited|(?:recipient"
            r"|sender)s? .{0,30}limit .{0,30}received per",
        ),
    ),
    (
        Reason.FAILED_STARTTLS,
        any_of(
            r"starttls|tls (?:is )?(?:required|negotiation|handshake|session)",
            r"\bssl (?:handshake|error)|certificate (?:verif|rejected|unknown|expired|valid"
            r"|not|is not)",
            r"\btls\b.{0,30}(?:not available|unavailable|fail|needed|mandatory|error|unsupported"
            r"|must be|not supported|not offered|untrusted)",
            r"(?:requires?|require[sd]?|use|using|without|no|cannot start|failed to start)"
            r" (?:a )?(?:secure )?tls\b|requiretls|mta-sts|\bdane\b|tlsa\b|sts policy",
            r"encrypted (?:connection|session|channel) (?:is )?(?:required|needed)",
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
            r"too many messages in|(?:account|user) over quota|zu ?viele (?:e-?)?mails",
            r"(?:mail ?box|inbox|recipient|user|account)\b.{0,40}(?:no (?:\w+ )?(?:space|room"
            r"|storage)"
            r"|exceeded its|limit reached|is out of|too full|not enough (?:space|room))",
            r"no (?:\w+ )?(?:space|room|storage) (?:left )?(?:in"
            r"|for) (?:\w+ ){0,3}(?:mail ?box|user"
            r"|recipient|account|inbox)",
            r"(?:mail ?box|postfach|quota|konto)\b.{0,30}(?:überfüllt|ist voll|überschritten"
            r"|erschöpft)",
            r"buz[oó]n .{0,30}lleno|casella .{0,30}piena|boîte .{0,30}pleine|caixa .{0,30}cheia",
            r"skrzynka .{0,30}pełna|邮箱.{0,9}满|容量|超過",
        ),
    ),
    (
        Reason.EXCEED_LIMIT,
        any_of(
            r"fixed maximum message size|receive limit|limit set by (?:the )?recipient",
            r"too large for (?:mail ?box)",
            r"(?:larger|bigger|longer) than (?:the |this )?(?:recipient|mail ?box|user)",
            r"(?:size|length)\b.{0,30}(?:this|the recipient's|user's) (?:mail ?box|recipient|user)",
        ),
    ),
    (
        Reason.MESSAGE_TOO_BIG,
        any_of(
            r"(?:message|mail|e-?mail|size|body|data|content) .{0,30}(?:too (?:large|big)"
            r"|exceeds? .{0,40}(?:size|limit|maximum))",
            r"(?:message|mail|max(?:imum)?)[- ]?(?:file ?)?size|over ?-?sized?\b",
            r"line limit|sizelimit|too big|exceeds? (?:the )?(?:maximum|size)",
            r"larger than (?:the|this|we|our|allowed|permitted)|message length exceeds|databytes",
            r"(?:message|mail|nachricht|taille)\b.{0,40}(?:trop (?:gros|grand|volumineu)"
            r"|zu (?:groß|gross))",
        ),
    ),
    (
        Reason.SYSTEM_FULL,
        any_of(
            r"(?:mail )?system (?:is )?full",
            r"insufficient (?:system|disk) (?:storage|resource|space)|no space left",
            r"disk (?:is )?full|file ?system full|not enough (?:disk )?space",
            r"aborted: exceeded storage|out of (?:disk|storage|swap) ?(?:space)?|space shortage",
            r"(?:spool|queue|disk|partition|volume) (?:\w+ ){0,2}full|low (?:on )?disk space",
            r"insufficient (?:\w+ )?storage|not enough storage",
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
            r"(?:account|user|mail ?box|address) (?:was |is |has been |got )?(?:de-?activated"
            r"|terminated"
            r"|disabled|suspended|frozen|locked|closed|cancell?ed|inactivated|barred)",
            r"(?:account|user|mail ?box)\b.{0,40}(?:not active|inactivity|has been terminated)",
            r"(?:konto|postfach|benutzer)\b.{0,40}(?:gesperrt|deaktiviert)"
            r"|cuenta .{0,30}(?:desactiv|suspend)",
            r"(?:disabled|suspended|frozen|closed) by (?:the )?(?:admin|owner|provider|user)",
        ),
    ),
    (
        Reason.HAS_MOVED,
        any_of(
            r"(?:user|recipient|account|mailbox) (?:has |have |is )?(?:moved|no longer on"
            r" (?:this )?server)",
            r"has (?:been )?(?:moved|replaced) (?:by|to)",
            r"changed (?:his|her|their|its) .{0,12}address",
            r"new (?:e-?mail )?address\b[: ]{0,2}(?:is|now|x@y|<)|user not local; (?:please|will)",
            r"(?:user|recipient|account|mail ?box) (?:has |have )?(?:migrated|relocated"
            r"|transferred)",
            r"(?:please )?(?:write|send|mail|try|use|contact)\b.{0,20} x@y ?instead|neue adresse",
            r"no longer in use.{0,60} x@y",
        ),
    ),
    (
        Reason.NO_RELAYING,
        any_of(
            r"relay(?:ing)?\b(?! recipient).{0,40}(?:denied|prohibit|not (?:allow|permit|accept"
            r"|support)|reject|block|disab|fail|forbid)",
            r"domain\b.{0,60}(?:not (?:hosted|handled|served|local|configured"
            r"|accepted) (?:here|by|on|at))",
            r"(?:does not|doesn't|do not) (?:handle|host|serve|accept"
            r"|process) (?:e-?)?mails? for\b",
            r"not (?:a |one of )?(?:our|my) (?:local |hosted )?domains?|non-accepted domain"
            r"|non-local domain",
            r"insecure mail relay|not an? (?:open )?relay|we (?:do not|don't) relay",
            r"\b(?:not (?:allow|permit|configur|authori)\w*|unable|denied|refuse[ds]?|no|cannot"
            r"|can't|won't|will not)\b[\w ]{0,20} relay",
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
            r"(?:envelope|message|queue\.|delivery) ?(?:has |time )?expired"
            r"|message (?:is )?too old",
            r"unable to contact host|could not be contacted|host (?:is )?(?:down|unreachable)",
        ),
    ),
    (
        Reason.USER_UNKNOWN,
        any_of(
            r"\brecipient address rejected ?: access denied|validrcptto|recipnotfound",
            r"(?:recipient|user|rcpt|address|mail ?box)s? (?:address )?(?:verification"
            r"|validation) failed",
            r"no such person|or was misspelled",
            r"(?:mail ?box|recipient|user) (?:was )?not found or access denied",
            r"(?:has|have) left (?:the|our|this)|no longer (?:works?|employed|with)\b"
            r"|ist nicht mehr",
            r"(?:empf(?:ae|ä)nger|benutzer|adresse|postfach|teilnehmer)\b.{0,40}(?:unbekannt"
            r"|nicht (?:gefunden|bekannt|vorhanden))|kein (?:solcher )?(?:benutzer|postfach)",
        ),
    ),
    (
        Reason.REJECTED,
        any_of(
            r"sender address rejected|domain of (?:the )?sender",
            r"address that has been blacklisted",
            r"sender (?:is |has been |was )?(?:\w+ )?(?:on|in) .{0,30}(?:block|deny|black) ?-?list",
            r"sender denied|bad outbound sender|mail from must|envelope (?:blocked|rejected)"
            r"|not ?authorized;",
            r"sendernot\w+|only (?:internal|authenticated) senders"
            r"|sender .{0,30}allow(?:ed)?[- ]?(?:senders )?list",
            r"rst\.(?:sendernot|restricted)\w*",
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
            r"domain .{0,80}(?:has expired|no longer (?:exists?|registered|valid)"
            r"|not registered|is parked)",
            r"(?:cannot|could not|can't|unable to|failed to) (?:resolve|find"
            r"|locate) (?:the )?(?:recipient"
            r"|destination|remote|target)? ?(?:mail )?(?:host|domain|server|mx)",
            r"domainnonexist|nonexistentdomain|mx (?:record|lookup)s? .{0,30}(?:not found|none"
            r"|missing)",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        any_of(
            r"for (?:\w+ )?policy (?:reasons?|violation)|protocol violation",
            r"due to .{0,20}policy\b",
            r"attachments? .{0,60}(?:forbidden|prohibit|block|not (?:accept|allow|permit))",
            r"(?:forbidden|banned|blocked|illegal|prohibited|dangerous|executable|unwanted)"
            r" (?:\w+ )?(?:attachment|file|extension|archive|mime)",
            r"(?:archive|encrypted (?:file|zip|message)|password.protected|macro)s?\b.{0,40}"
            r"(?:not (?:accept|allow|permit)|forbid|block|reject)",
            r"transport\.rules|(?:organi[sz]ation|company|corporate|local|site|domain)(?:al"
            r"|'s)? polic",
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
            r"content.{0,30}(?:spam|blacklist|denied)|\bspam\w* (?:\w+ ){0,3}(?:found|url|link)",
            r"(?:url|link|uri|web ?site|phone number)s?\b.{0,40}(?:black|block|deny) ?-?list",
            r"(?:mass|bulk|commercial) (?:e-?)?mail(?:ing)?s? (?:is |are )?(?:not|refus|reject"
            r"|block)",
            r"(?:als|wegen) spam|comme (?:du )?spam|como spam|come spam|спам",
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
            r"x@y blocked|(?:^|[ :\[(])(?:\d{1,3}\.){3}\d{1,3}\]? (?:is |has been "
            r"|was )?(?:blocked|listed"
            r"|banned|denied|rejected)",
            r"(?:host|ip|server|network|client)(?: address)? (?:is |was |has been )?(?:banned"
            r"|listed|blocked"
            r"|refused|rejected|not welcome)|traffic not accepted|connection rules",
            r"not accepting (?:mail|messages|connections) from|server sending your mail",
            r"(?:fqdn|fully[- ]qualified)|tor exit|open proxy|botnet|exploited host|compromised",
            r"your (?:access|ip|connection)\b.{0,40}(?:rejected|denied|blocked|refused|listed)",
        ),
    ),
    (
        Reason.REJECTED,
        any_of(
            r"sender(?:'s)? (?:(?:address|domain|e-?mail|verify|ip)"
            r" ){0,2}.{0,30}(?:reject|denied|refus|not (?:allow|accept|exist|found|valid"
            r"|permit)|fail|invalid|unknown|must(?! authenticat)|black|unresolv)",
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
            r"encryption (?:needed|required)|(?:client|user) (?:was |is )?not authenticated",
            r"username and password|trust relationship|mechanism (?:is )?too weak|smtp auth",
            r"(?:invalid|bad|wrong) (?:\w+ )?(?:credential|password|log ?in)|log ?in (?:first"
            r"|required)",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        any_of(
            r"host network not allowed|potential security issue",
            r"content presents a potential|(?:would )?violate the security policy",
            r"polic(?:y|ies)\b(?! (?:service|server|daemon))|violat|header error|prohibit"
            r"|not permitted",
            r"administrative(?:ly)?\b|closed user group",
            r"attachment .{0,60}(?:block|not|reject|dis|contain)|disallowed",
            r"blocked attachment|not acceptable|forbidden|banned (?:content|word|subject)",
        ),
    ),
)
