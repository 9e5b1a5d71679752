"""What servers say, and what they mean by it.

The list is read from the top: what is said exactly stands before what is said loosely.
"""

import re

from ansvar.conversations.parsing.bounces.bounce import Reason


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


MEANINGS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        Reason.NOT_ACCEPT,
        _any(
            r"not accepting (?:network )?(?:messages|mail)|(?:does not|doesn't) accept(?: any)? mail",
            r"never accepts? mail|null ?mx\b|empty mx|smtp protocol returned a permanent error",
            r"mx (?:points|resource record).{0,30}(?:0\.0\.0\.0|127\.0\.0\.1)",
            r"domain does not accept|host does not accept|server does not accept mail",
        ),
    ),
    (
        Reason.VIRUS_DETECTED,
        _any(
            r"\bvirus(?:es)? (?:was |were |has been |is )?(?:found|detected)|infected|malware",
            r"(?:contains?|detected|found|carr(?:y|ies)).{0,30}\b(?:virus|trojan|worm)\b",
            r"prohibited attachment|virus[- ]infect",
        ),
    ),
    (
        Reason.AUTH_FAILURE,
        _any(
            r"\bdmarc\b|unauthenticated|\bspf\b.{0,40}(?:fail|reject|check|record|not|den|err)",
            r"(?:fail|violat|due to|per|against|not pass).{0,30}\bspf\b|sender policy framework",
            r"sender id .{0,20}fail|\bdkim\b.{0,60}(?:fail|reject|not|invalid|policy)",
            r"(?:not have|lacks?) authentication information|openspf|sender is unauthenticated",
            r"authentication (?:checks?|results?|requirement).{0,60}(?:fail|not)|domainkeys",
        ),
    ),
    (
        Reason.NOT_COMPLIANT,
        _any(
            r"(?:not|non)[- ](?:rfc ?\d* ?)?compliant|rfc ?5?3?2?822 .{0,20}(?:violat|comply|complian)",
            r"multiple (?:addresses in )?(?:from|subject|to|date)\b.{0,20}(?:header|:)",
            r"missing .{0,20}(?:header|from:|date:|message-id)|duplicate (?:from|subject|date) head",
            r"bare (?:lf|cr)\b|line too long|too long line|no from: header|invalid from: header",
            r"(?:violates|against|conform to) rfc ?5?[23]?[28]?2",
        ),
    ),
    (
        Reason.REQUIRE_PTR,
        _any(
            r"reverse[- ]?(?:dns|lookup|map|hostname|name)|\bptr\b|\brdns\b|no reverse|dns reverse",
            r"cannot (?:find|resolve) your (?:host ?name|reverse)|cannot resolve your address",
            r"unable to (?:verify|resolve) .{0,30}(?:ip|client) .{0,10}(?:address|name)",
            r"client host rejected: (?:cannot find|cannot resolve|.{0,40}reverse)",
            r"ip(?: address)? .{0,40}(?:without|has no|does not have|lacks?) .{0,20}(?:name|record)",
            r"address does not resolve|does not resolve to|forward and reverse|resolve your (?:host|ip)",
        ),
    ),
    (
        Reason.BAD_REPUTATION,
        _any(r"reputation", r"senderscore|sender score"),
    ),
    (
        Reason.SPEEDING,
        _any(
            r"sent? (?:to )?too many|too (?:much|many) (?:mails?|messages?|e-?mails?) .{0,30}(?:hour|day|min)",
            r"unusual rate|(?:mail|message|sending|receiving mail at a) rate.{0,30}(?:exceed|limit|too|that)",
            r"throttl|slow(?:ing)? down|sending too (?:fast|quickly)|rate that prevents",
            r"hourly|daily (?:sending )?(?:limit|quota)|per (?:hour|minute|day)\b|rate[- ]limit",
            r"message submission rate|maximum (?:sending )?rate",
        ),
    ),
    (
        Reason.TOO_MANY_CONNECTIONS,
        _any(
            r"too many (?:concurrent |simultaneous |open |smtp )?(?:connection|session|recipient)",
            r"connection (?:rate|frequency|limit|count).{0,20}(?:exceed|limit|reach)?",
            r"(?:ip )?frequency limited|max(?:imum)?(?: number of)? (?:connection|recipient|session)",
            r"(?:connections?|sessions?) (?:exceed|limit)|all available ips|concurren",
            r"no ips available",
        ),
    ),
    (
        Reason.SPAM_DETECTED,
        _any(
            r"(?:classified|identified|detected|considered|recogni[sz]ed|marked|tagged|flagged|"
            r"regarded|seen|rejected|scored|blocked|refused|denied).{0,40}\b(?:spam|junk|ube|uce)\b",
            r"\bspam\b.{0,20}(?:detect|found|reject|content|message|mail|score|class|filter|refus|"
            r"not accept|is not)",
            r"(?:looks?|appears?|seems?|smells?|sounds?|likely|possibl[ey]|probabl[ey]|suspected) "
            r".{0,40}\bspam|blacklisted (?:url|link)|\burls? .{0,20}(?:listed|black)|surbl|uribl",
            r"unsolicited|bulk mail|mail rejete|mail rejected\. ofr|spamassassin|no spam|junk mail",
            r"message .{0,30}blocked due to (?:spam|content)|anti-?spam|rejected as spam|spammy",
            r"content.{0,30}(?:spam|blacklist)|gtube|high spam|is spam",
        ),
    ),
    (
        Reason.FAILED_STARTTLS,
        _any(
            r"starttls|tls (?:required|is required|negotiation|handshake|session)|must issue a start",
            r"ssl (?:handshake|error|routines)|certificate (?:verif|rejected|unknown|expired)",
        ),
    ),
    (
        Reason.MAILBOX_FULL,
        _any(
            r"(?:mail ?box|inbox|mail ?folder|mail ?drop|account|user)(?: for \S{1,100})? ?(?:is |'s |has |"
            r"have |was |size |storage |quota )*(?:over ?quota|full|exceed|over |out of|too (?:full|large)|limit)",
            r"(?:over|exceed(?:s|ed|ing)?|out of|beyond) (?:the |its |his |their |of |disk |storage |"
            r"mail ?box |mail ?store |user |account |allowed |maximum )*(?:quota|storage|allocation)",
            r"quota (?:is |has been |was |would be |limit )*(?:exceed|full|reach|violat)",
            r"over ?quota|mailbox.{0,20}full|disk quota|mail.{0,6} quota|insufficient mailbox",
            r"too much mail (?:data|stored)|storage (?:space )?(?:limit|exceed|full|quota)",
            r"exceeded storage|not enough (?:storage )?space (?:in|for) .{0,30}(?:mailbox|user|recip)",
            r"quotafull|as their mailbox|maildir (?:delivery failed|over|size)|552 .{0,20}exceed.{0,20}alloc",
            r"full mailbox|boite .{0,20}pleine|postfach .{0,20}voll|容量|переполнен|quota depasse",
            r"mailbox exceeds|user is over|too many messages in .{0,20}(?:mailbox|folder)",
        ),
    ),
    (
        Reason.EXCEED_LIMIT,
        _any(
            r"fixed maximum message size|exceeds? .{0,20}(?:limit|maximum) .{0,20}recipient",
            r"too large for (?:mail ?box|recipient's)",
        ),
    ),
    (
        Reason.MESSAGE_TOO_BIG,
        _any(
            r"(?:message|mail|e-?mail|size|body|data|content|header) .{0,30}(?:too (?:large|big|long)|exceeds?"
            r" .{0,40}(?:size|limit|maximum))",
            r"(?:message|mail|max(?:imum)?)[- ]?(?:file ?)?size|over(?:\s|-)?sized?|sizelimit|too big",
            r"line limit exceeded|exceeds? (?:the )?(?:maximum|size)|larger than",
        ),
    ),
    (
        Reason.SYSTEM_FULL,
        _any(
            r"(?:mail )?system (?:is )?full|insufficient (?:system|disk) (?:storage|resource|space)",
            r"no space left|disk (?:is )?full|file ?system full|requested mail action aborted: exceed",
            r"not enough (?:disk )?space|insufficient system storage",
        ),
    ),
    (
        Reason.SUSPEND,
        _any(
            r"(?:account|user|mailbox|recipient|address|box|customer|domain|destinataire)\b.{0,60}\b(?:is |has been |was |been "
            r"|temporarily |currently |est )*(?:disabled|suspend|inactive|deactivat|discontinued|blocked|bloque"
            r"|locked|frozen|on hold|expired|not active|closed|cancell?ed|terminated)",
            r"(?:disabled|suspended|inactive|deactivated|discontinued|locked|expired) "
            r"(?:account|user|mailbox|recipient|address|box)|vdelivermail: account is locked",
            r"e-?mail account that you tried to reach is (?:disabled|inactive|over)|undeliverable: suspended",
            r"user suspend|invalid/inactive user|unpaid|mailbox (?:currently )?unavailable because",
        ),
    ),
    (
        Reason.HAS_MOVED,
        _any(
            r"(?:user|recipient|account|mailbox|address|he|she) (?:has |have |is )?(?:moved|no longer on server)",
            r"has (?:been )?(?:moved|replaced)|changed (?:his|her|their|its|e-?mail) .{0,12}address"
            r"|new (?:e-?mail )?address (?:is|now)|no longer on (?:this )?server|please (?:use|try) .{0,30}instead",
        ),
    ),
    (
        Reason.NO_RELAYING,
        _any(
            r"relay(?:ing)?\b.{0,40}(?:denied|prohibit|not (?:allow|permit|accept|support)|reject|block|disab|mail)",
            r"(?:not (?:allow|permit|configur|authori)\w*|unable|denied|refuse|insecure|no|cannot|can't|won't|will not)"
            r"[\w ]{0,20} (?:mail )?relay|not an? (?:open )?relay|we (?:do not|don't) relay|relaying denied",
            r"not (?:in|on) my (?:list of )?(?:local|rcpthosts)|rcpthosts|not (?:a )?gateway|not local|"
            r"no such domain at this location|that domain isn't in my list|unauthenticated relay",
            r"not a gateway|domain isn't allowed to be relayed|local delivery only",
        ),
    ),
    (
        Reason.HOST_UNKNOWN,
        _any(
            r"host (?:unknown|not found|could not be found|or domain name not found)|unknown host",
            r"domain (?:does not exist|not found|must exist|is not reachable|unknown|mentioned not found)",
            r"(?:no such|unknown|bad destination|invalid|non-?existent|recipient's) (?:recipient )?(?:domain|host|system)"
            r"|unrouteable|unroutable|no route to host|nxdomain|illegal host|name service error",
            r"domain name (?:not found|could not)|couldn't find any host|dns (?:lookup )?fail.{0,60}not found",
            r"has no (?:mx|mail exchanger|valid mx|a record)|can't find .{0,20}(?:host|domain|mx)|no mx found",
            r"host or domain|(?:mail )?server (?:for .{0,80})?not found|responsible for domain|no answer from host",
            r"address (?:family )?not available in .{0,30}domain|recipient address rejected: (?:unknown|invalid) host",
            r"all relevant mx records|could not be resolved|no dns|name or service not known",
        ),
    ),
    (
        Reason.BLOCKED,
        _any(
            r"client host .{0,120}(?:rejected|blocked)|(?:ip|host|server|address|connection|sender|client|mta|message|mail"
            r"|network|domain|e-?mail)s?\b.{0,60}\b(?:is |are |was |has been |been |currently |temporarily )*"
            r"(?:block(?:ed|list)|black ?-?list|banned|refused|denylist|dnsbl|rbl\b)",
            r"blocked (?:using|by|for|-|ip|because|due|from)|black-?list(?:ed)?|block ?list|dnsbl|\brbl\b|spamhaus"
            r"|spamcop|barracuda(?:central| reputation)|cbl\.abuseat|sorbs|banned sending|proofpoint\.com/dnsbl",
            r"no (?:access|connection|mail accepted) from|refused to talk|connection refused by|connections? (?:not accepted|refused|dropped|denied)",
            r"not (?:allowed|permitted|authori[sz]ed) to (?:connect|send mail from)|(?:access|service) denied.{0,60}\bip\b|\bip\b.{0,60}denied",
            r"dynamic|dialup|dial-up|residential|consumer (?:ip|range)|unassigned|bogus (?:helo|mx)|(?:helo|ehlo)\b.{0,60}(?:reject|invalid|bad|not|den)",
            r"greylist|grey-list|graylist|please (?:use|send).{0,20}smtp (?:server )?(?:of your isp|relay)|\(bl\)|use your isp",
            r"bad sender (?:ip|reputation)|your (?:server|host|ip|network|mail server).{0,40}(?:block|reject|list|refus|den)",
            r"unacceptable mail server|mail server .{0,40}not (?:allowed|accepted)|rejected your message because.{0,40}ip",
        ),
    ),
    (
        Reason.REJECTED,
        _any(
            r"sender(?:'s)? (?:address |domain |e-?mail |verify |ip )*.{0,40}(?:reject|denied|refus|not (?:allow|accept|exist|found|valid|permit)|fail|invalid"
            r"|unknown|must|black|unresolv|does not)",
            r"(?:invalid|unknown|bad|illegal|unresolvable|restricted|refused|rejected|bogus|fake|no such|unverified) (?:sender|from|return|envelope)",
            r"(?:mail|message|e-?mail) from .{0,80}(?:reject|refus|denied|not (?:accept|allow|permit|welcome))",
            r"domain of sender|sender .{0,40}(?:domain|address).{0,30}(?:not|unresolv)|backscatter|"
            r"(?:from|mail from|return-path|reverse-path).{0,60}(?:reject|denied|not accept|invalid|does not exist)",
            r"not (?:a )?member|not (?:authori[sz]ed|allowed|permitted) (?:to (?:post|send (?:to|mail to|messages? to|email to))|sender)|only (?:members|subscribers)",
            r"can'?t send to this|recipnotauth|authreq|senders? .{0,30}(?:authenticated|internal)|emetteur (?:invalide|inaccessible)",
            r"you (?:are|aren't|'re) not (?:allowed|permitted|authori[sz]ed)|access denied",
            r"groups\.google\.com/support|group you tried to contact|rejected because you|address .{0,60}is not allowed",
            r"by receiver's|your (?:e-?mail )?(?:address|domain) .{0,60}(?:reject|not accept|refus|block|denied)",
        ),
    ),
    (
        Reason.POLICY_VIOLATION,
        _any(
            r"polic(?:y|ies)|protocol violation|violat|prohibit|not permitted|administrative(?:ly)?",
            r"attachment .{0,60}(?:block|not|reject|dis|contain)|disallowed|blocked attachment|closed user group",
            r"you (?:have )?exceeded the|duplicate message-id|rejected by (?:the )?(?:rule|admin)|you may not",
        ),
    ),
    (
        Reason.SECURITY_ERROR,
        _any(
            r"authenticat(?:ion|e).{0,30}(?:required|fail|fehl|turned|unsuccess|need|first)|must authenticate|authorization (?:fail|required)",
            r"not authori[sz]ed|auth(?:entication)? (?:is )?required|(?:log ?in|password|credentials).{0,30}(?:fail|required|invalid|incorrect)",
            r"cryptographic|security (?:problem|error|failure)|535\b.{0,30}auth|permission denied|insecure sender|restricted mail",
            r"executable|unencrypted|encryption (?:needed|required)",
        ),
    ),
    (
        Reason.CONTENT_ERROR,
        _any(
            r"content (?:rejected|not|is|was|error|re-?encod|conver|is not)|header(?:s)? (?:error|too (?:large|long|many|big)|size|malform|not)",
            r"(?:message|mail|mime) .{0,30}(?:malform|improper|not (?:formatted|accept.{0,10}mime)|error)|media error|conversion|duplicate header"
            r"|(?:8bit|8-bit|smtputf8|utf-?8|mime|charset|encoding|non-ascii|characters?).{0,40}(?:not|required|error|invalid|illegal|unsupport|improper)",
            r"improper use of 8-bit|malformed|routing loop.{0,10}header|message header|invalid mail content",
        ),
    ),
    (
        Reason.NETWORK_ERROR,
        _any(
            r"too many hops|hop count|loops? (?:back|detect|to myself)|mail (?:for .{0,80} )?loop",
            r"routing loop|maximum forwarding|lost connection|connection (?:lost|reset|closed|dropped)",
            r"network (?:error|is unreachable|unreachable|problem)|no route|dns (?:error|server)",
            r"name server|nameserver|domain name system|remote protocol error|delivery loop",
            r"hostname lookup failure|host name lookup|not reachable via|message looping|mail loop",
        ),
    ),
    (
        Reason.EXPIRED,
        _any(
            r"timed? ?out|time-?out|expired|too long (?:in|on) (?:the )?queue|queue too long",
            r"not delivered within|delivery (?:time|attempts?)|could not (?:find a gateway|be delivered"
            r" (?:for|within|after))|not responding|no response|retry (?:time|timeout|count)",
            r"(?:could not|unable to) deliver .{0,40}(?:for the last|after \d|within)|\d+ attempts",
            r"did not accept our requests to connect|has been delayed|is delayed|delayed for",
            r"unable to (?:connect|establish)|connection refused|socket error|try again later"
            r"|wasn't able to establish|host not reachable|failed \d+ times|giving up on|not connect",
            r"retrying|will be retried|delivery delayed|temporarily unavailable|in queue|after trying",
        ),
    ),
    (
        Reason.SYSTEM_ERROR,
        _any(
            r"(?:internal|system|server|local|configuration|database|unexpected|backend) .{0,20}"
            r"(?:error|fail|problem|fault)|could not load|(?:temporary|local) (?:error|problem|fail)",
            r"transaction failed|out of memory|cannot (?:open|create|allocate|fork|lock)|service (?:currently )?unavail",
            r"temporar(?:y|ily) .{0,30}(?:fail|problem|unavail|defer|reject)|can't create user|ldap",
            r"policy server|timeout waiting for|resources (?:temporarily )?unavailable|mail queue|try later",
        ),
    ),
    (
        Reason.MAILER_ERROR,
        _any(
            r"procmail|command (?:failed|died|output|time|line)|\bpipe\b|exit (?:status|code|\d)",
            r"x-unix;? ?\d+|mailer (?:error|died)|unknown mailer|deliver.{0,10}exit|returned \d{1,3}\b",
        ),
    ),
    (
        Reason.SYNTAX_ERROR,
        _any(
            r"syntax error|command (?:not|unrecogni)|unrecogni[sz]ed command|bad sequence|need (?:rcpt|mail)",
            r"improper command|invalid command|commands? (?:out of|not) ",
        ),
    ),
)

UNKNOWN_USER = _any(
    r"(?:user|recipient|mail ?box|account|address|alias|destinataire|customer|person)\b.{0,100}?"
    r"\b(?:unknown|not (?:found|exist|known|listed|recogni[sz]ed|a valid|valid|available|local|here|our"
    r"|in )|does(?: not|n't) exist|couldn't be found|could not be found|unavailable|invalid|nonexist"
    r"|isn't|no longer (?:exist|valid|available|with)|n'existe|introuvable|inconnu|rejected|disabled)",
    r"(?:unknown|no such|invalid|bad|nonexistent|non-existent|unable to find|not find|no|not a valid"
    r"|not a known|undefined|illegal|wrong|incorrect|delivery to) (?:or (?:illegal|unknown) )?(?:destination )?"
    r"(?:local )?(?:virtual )?(?:e-?mail )?(?:user|recipient|mail ?box|account|address|alias|person|"
    r"address(?:ee)?|mail drop|forward-path|local-part|destinataire|customer)\b",
    r"user(?:name)? (?:doesn't|does not|is not|isn't|not)|recipnotfound|recipient not|not listed in",
    r"(?:doesn't|does not) have an? .{0,80}account|no (?:mailbox|user|account|one) (?:here|by that|with that)",
    r"address (?:not found|couldn't|unknown|does not)|not (?:a )?(?:known|valid) (?:user|here)|no such person",
    r"nosuchuser|unknown local|unknown rcpt|not our customer|e-?mail address you entered couldn't be found",
    r"name is not recogni[sz]ed|not in (?:address ?book|directory)|address(?:es)? (?:you|that) .{0,30}(?:not|n't)",
    r"no matches to nameserver|returned in error|adresse .{0,40}(?:invalide|inconnu|introuvable)|dead letter",
    r"нет такого|не существует|не найден|unbekannt|existiert nicht|no existe|non esiste|bestaat niet|nie istnieje",
)
"""Said by a server that has looked at the address only, there is no such user."""

ONLY_FILTERED = _any(
    r"5\d\d[ -]?:? ?: ?user unknown",
    r"(?:doesn't|does not) have an? [\w.-]{1,80} account",
    r"recipient (?:rejected|refused|is not accept)|because the recipient is (?:only )?accepting mail from specific",
    r"message (?:was )?filtered|rejected by (?:the )?(?:recipient|user)|user (?:rejected|reject|refus)|not accepting mail from",
    r"due to extended inactivity|permanently rejected message|filtered|we failed to deliver mail because",
)
"""A setting of the recipient turns mail away."""
