"""What mail servers and filters of many makes answer, and what is meant by it."""

import pytest

from ansvar.conversations.parsing import Reason, read_mail

REFUSALS: dict[Reason, tuple[str, ...]] = {
    Reason.USER_UNKNOWN: (
        (
            "550 5.1.1 <anna@there.test>: Recipient address rejected: User unknown in relay"
            " recipient table (in reply to RCPT TO command)"
        ),
        "550 5.1.1 <anna@there.test>: Email address could not be found, or was misspelled (G8)",
        "550 #5.1.0 Address rejected. (in reply to RCPT TO command)",
        "550 Invalid Recipient - https://community.mimecast.test/docs/DOC-1369#550",
        "550 5.1.1 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
        "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
        "550 non-local recipient verification failed (in reply to RCPT TO command)",
        "550 Unrouteable recipient: no such person at this address (in reply to RCPT TO command)",
        "550 Requested action not taken: mailbox unavailable (in reply to RCPT TO command)",
        "550 5.1.1 Not our Customer",
        "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found",
        "550 5.5.0 Requested action not taken: mailbox unavailable (in reply to RCPT TO command)",
        (
            "550 5.4.1 Recipient address rejected: Access denied. For more information see"
            " https://aka.test/EXOSmtpErrors"
        ),
        "550 5.1.1 unknown or illegal alias: anna@there.test",
        "550 5.2.1 No such recipient here (in reply to RCPT TO command)",
        "553 sorry, that recipient is not in my validrcptto list (#5.7.1)",
        "553 5.3.0 <anna@there.test>... No such user here (in reply to RCPT TO command)",
        "554 delivery error: dd Requested mail action aborted, mailbox not found",
        "550 No such person at this address (in reply to RCPT TO command)",
        "550 Mailbox not found or access denied (in reply to RCPT TO command)",
        "550 5.1.1 Recipient rejected: adresse inconnue",
        "550 5.1.1 Empfaenger unbekannt",
        (
            "550 Message was not accepted -- invalid mailbox. Local mailbox anna@there.test is"
            " unavailable: user not found"
        ),
        (
            "551 5.1.1 Delivery not possible - anna@there.test no longer works here"
            " (in reply to RCPT TO command)"
        ),
        "550 5.1.1 This person has left the company",
        "550 5.0.350 The recipient's e-mail address was not found in the recipient's e-mail system",
    ),
    Reason.HOST_UNKNOWN: (
        "[Errno -2] Name or service not known",
        "5.4.0 DNS lookup failed: there.test is a non-existent domain",
        "550 5.4.310 DNS domain there.test does not exist [Message=InfoDomainNonexistent]",
        "5.1.2 Mail server for there.test could not be located: no such host is known",
        "Domain there.test has expired and is no longer registered",
        "550 5.1.2 Bad destination host 'DNS Hard Error looking up there.test (MX): NXDomain'",
        "5.4.4 Unable to route: no mail hosts for domain",
        "Cannot resolve the recipient domain: there.test",
        "550 Address has a nonexistent domain part",
        "Illegal host/domain name found: there.test",
    ),
    Reason.HAS_MOVED: (
        "550 5.1.6 Mailbox has migrated elsewhere",
        "551 anna has a new address: <anna@else.test>",
        "551 5.1.6 User has moved; please try <anna@else.test>",
        "550 This address is no longer in use, please write to anna@else.test instead",
    ),
    Reason.NOT_ACCEPT: (
        "556 5.1.10 Domain there.test has a null MX record",
        "550 5.7.27 Sender address has null MX",
        "521 there.test does not accept mail from anyone",
        "Domain of recipient address there.test does not accept mail (nullMX)",
        "550 5.1.10 This domain never accepts mail",
    ),
    Reason.MAILBOX_FULL: (
        "552-5.2.2 The email account that you tried to reach is over quota and inactive.",
        "452-4.2.2 The recipient's inbox is out of storage space. Please direct the recipient",
        "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException; mailbox full",
        "422 4.2.2 Recipient's mailbox has no space left for new messages",
        "452 4.1.1 <anna@there.test> mailbox full",
        (
            "550 5.7.1 <anna@there.test>: Recipient address rejected: Mailbox is full / Blocks"
            " limit"
            " exceeded / Inode limit exceeded"
        ),
        "450 4.2.2 The mailbox anna@there.test has exceeded its storage allocation",
        "552 RCPT TO:<anna@there.test> Mailbox disk quota exceeded",
        "552 Requested mail action aborted: exceeded storage allocation",
        "550 Benutzer hat zuviele Mails auf dem Server",
        "554 5.2.2 La boite du destinataire est pleine",
        (
            "552 5.2.2 This message is larger than the current system limit or the recipient's"
            " mailbox is full. Create a shorter message body or remove attachments"
        ),
        "550 User's storage limit reached. Message cannot be delivered",
        "521 5.2.2 Mail could not be delivered: no storage left for the recipient",
    ),
    Reason.SUSPEND: (
        "550-5.2.1 The email account that you tried to reach is disabled. Learn more",
        "550 5.2.1 Mailbox unavailable: account of anna has been locked by the administrator",
        (
            "554 30 Sorry, your message to anna@there.test cannot be delivered. This mailbox is"
            " disabled (554.30)."
        ),
        "550 This account is not active anymore",
        "550 5.7.1 Recipient address rejected: this account has been terminated",
        "550 account anna@there.test is temporarily suspended for abuse",
        "550 5.2.1 This mailbox has been blocked due to inactivity",
        "550 Account deactivated by its owner",
        "552 5.2.0 Mailbox is inactive or frozen, please contact its owner by other means",
        "450 4.2.1 Mailbox temporarily disabled",
        "553 The user's hosting account has been suspended",
    ),
    Reason.FILTERED: (
        "550 5.2.0 Mail is rejected by recipients",
        (
            "550 Recipient has blocked messages from this sender's country (in reply to end of DATA"
            " command): rejected by the user"
        ),
        "550 You are not on the recipient's whitelist: message filtered",
    ),
    Reason.REJECTED: (
        "553 5.1.7 The sender's address was syntactically invalid; sender rejected",
        "550 Sender verify failed (in reply to RCPT TO command)",
        "550-Verification failed for <desk@corp.test>\n 550 Sender verify failed",
        "553 5.1.8 <desk@corp.test>... Domain of sender address desk@corp.test does not exist",
        "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized",
        (
            "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; only"
            " internal senders may write to this group"
        ),
        "550 5.7.124 RESOLVER.RST.SenderNotInAllowList; sender not in allowed-senders list",
        "550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send",
        "550 5.1.8 Access denied, bad outbound sender AS(42004)",
        "501 5.1.7 Bad sender address syntax",
        "553 Envelope sender domain must resolve (in reply to MAIL FROM command)",
        "553 mail from must equal authorized user",
        (
            "550 Envelope blocked - User Entry - https://community.mimecast.test/docs/DOC-1369#550:"
            " sender denied"
        ),
        "550 5.7.1 Message rejected: sender is on the recipient's block list of senders",
        "450 4.1.8 <desk@corp.test>: Sender address rejected: unverified address",
        "554 5.1.0 Sender denied (in reply to MAIL FROM command)",
        "550 5.1.0 <desk@corp.test> sender rejected. Refer to CXSNDR",
    ),
    Reason.BLOCKED: (
        (
            "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your"
            " Internet service provider since part of their network is on our block list (S3140)."
        ),
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.dnsbl.test",
        (
            "450 4.2.0 <anna@there.test>: Recipient address rejected: Greylisted, see"
            " http://there.test"
        ),
        "451 4.7.1 Greylisting in action, please come back later",
        "451 4.7.1 Please try again later (greylisted for 300 seconds)",
        "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
        (
            "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because the ip is in"
            " a list of exploited hosts"
        ),
        "554 IMTA01 192.0.2.7 blocked. For information see http://there.test/blocked",
        "554 5.7.1 The server sending your mail [192.0.2.7] does not meet our connection rules",
        "550 5.7.1 Your IP is listed in a DNS list of known sources of abuse",
        "554 mx.there.test ESMTP not accepting messages from 192.0.2.7: host is banned",
        "501 HELO requires a valid host name (in reply to HELO command)",
        "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
        "550 Your host's IP address is in a dynamic range (in reply to EHLO command)",
        "554 Your access to this mail system has been rejected (in reply to connect)",
        (
            "554-mx.gmx.test (mxgmx) Nemesis ESMTP Service not available 554-No SMTP service"
            " 554 IP address is black listed."
        ),
        "550 5.7.1 Recipient not authorized, your IP has been found on a block list",
    ),
    Reason.BAD_REPUTATION: (
        (
            "554-mx.there.test 554 Your access to this mail system has been rejected due to the"
            " sending MTA's poor reputation."
        ),
        (
            "421 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited due to IP"
            " reputation."
        ),
        "421-4.7.0 suspicious due to the very low reputation of the sending domain.",
        "550 5.7.1 Bad sender score for 192.0.2.7",
    ),
    Reason.REQUIRE_PTR: (
        "550-5.7.25 The IP address sending this message does not have a PTR record setup",
        "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.7]",
        "554 5.7.1 Fix reverse DNS for 192.0.2.7",
        "554 No SMTP service: bad DNS PTR resource record.",
        "550 5.7.1 Missing rDNS entry for your address",
        "421 4.7.1 IP 192.0.2.7 has no name assigned in the domain name system",
    ),
    Reason.SPAM_DETECTED: (
        "550 High probability of spam",
        "550 5.7.1 Message rejected due to content (SpamAssassin score 12.3)",
        "554 5.7.1 Message scored too high on spam scale. For help, please quote the incident ID",
        "550 5.7.350 Remote server returned message detected as spam -> 550 Spam message refused",
        "554 5.2.0 MXIN603 DMARC or content: this message looks like spam to our filter",
        "552 spam score (11.2) exceeded threshold (in reply to end of DATA command)",
        "550 permanent failure for one or more recipients: message rejected as junk",
        "554 5.7.1 Gtube pattern",
        "550 This message scored 9.1 points. Congratulations! It is UBE",
        "550 5.7.1 Unsolicited bulk mail refused",
        "554 5.7.1 id=1-2 - Rejected by our content filter, BOUNCE(SPAM)",
        "550 spam message rejected. Please visit http://help.mail.test/notspam-support",
        "554 DT:SPM mx01 163 smtp12,bAGowABXYqzA: spam refused by the system",
        (
            "550 5.7.1 Our system has detected that this message is likely suspicious and was"
            " blocked"
            " as spam"
        ),
        "550 5.7.1 Message contains a URL that is on a list of spamvertised sites",
    ),
    Reason.VIRUS_DETECTED: (
        "550 5.7.0 ClamAV: This message contains a virus (Win.Test.EICAR_HDB-1)",
        "554 5.7.0 Your mail was refused because it contains viruses",
        "550 This message contains malware (Eicar-Signature)",
        "552 5.7.0 Virus infected attachment removed; message discarded",
        "554 Message rejected: phishing or ransomware dropper found",
    ),
    Reason.AUTH_FAILURE: (
        (
            "550 5.7.509 Access denied, sending domain corp.test does not pass DMARC"
            " verification and"
            " has a DMARC policy of reject."
        ),
        (
            "550 5.7.515 Access denied, sending domain corp.test does not meet the required"
            " authentication level."
        ),
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "421-4.7.26 Your email has been rate limited because it is unauthenticated.",
        (
            "550 5.7.1 <anna@there.test>: Recipient address rejected: Please see"
            " http://www.openspf.test/Why"
        ),
        "554 5.7.5 Permanent error evaluating DMARC policy",
        "550 5.7.20 No passing DKIM signature found",
        "550 5.7.1 Email rejected per SPF policy",
        "550 SPF: 192.0.2.7 is not allowed to send mail from corp.test",
        "550 DKIM: encountered the following problem validating corp.test: signature_incorrect",
        "554 5.7.7 Email not accepted for authentication reasons",
        "550 5.7.29 ARC validation failure",
        (
            "550-5.7.30 This mail has been blocked because DKIM does not pass. 550 Gmail"
            " requires all"
            " large senders to authenticate with DKIM."
        ),
    ),
    Reason.POLICY_VIOLATION: (
        (
            "554 5.7.1 [CS01] Message rejected due to local policy. Please visit"
            " https://support.apple.test/HT204137"
        ),
        "550 Administrative prohibition (in reply to end of DATA command)",
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
        "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.test/codes",
        (
            "552-5.7.0 This message was blocked because its content presents a potential\n"
            " 552-5.7.0 security issue."
        ),
        "550 5.7.1 Attachments with the extension .exe are forbidden",
        "554 5.7.1 Encrypted archives are not accepted here",
        "550 Blocked file extension detected (.js)",
        "554 5.7.1 Forbidden attachment name: invoice.scr",
    ),
    Reason.SECURITY_ERROR: (
        "530 5.7.57 Client not authenticated to send mail",
        "535 5.7.8 Authentication credentials invalid",
        "535-5.7.8 Username and Password not accepted",
        "550 5.7.1 Client was not authenticated",
        "538 5.7.11 Encryption required for requested authentication mechanism",
        "550 5.7.14 Trust relationship required",
        "534 5.7.9 Authentication mechanism is too weak",
        "550 SMTP AUTH is required for message submission",
    ),
    Reason.NO_RELAYING: (
        "550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of '' is EmptyCert]",
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "550 relay not permitted",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 5.7.1 <anna@there.test>... Relaying denied. Proper authentication required.",
        "513 5.7.1 We are not an open relay; there.test is not a local domain",
        "550 Rejected: this server does not handle mail for there.test",
        "550 Domain there.test is not hosted here",
        "550 not local host there.test, not a gateway",
    ),
    Reason.NOT_COMPLIANT: (
        (
            "550 5.7.1 [192.0.2.7 11] Our system has detected that this message is not RFC 5322"
            " compliant"
        ),
        "550 5.1.20 Multiple From addresses are not allowed without Sender address",
        "550-5.7.1 Messages missing a valid Message-ID header are not accepted.",
        "550 5.6.0 Lone CR or LF in body (see RFC2822 section 2.3)",
        "451 See http://pobox.test/~djb/docs/smtplf.html.",
        "550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds",
        "554 5.6.0 Message contains NUL characters; not valid per RFC 5322",
        "550 Maximum line length exceeded (see RFC 5322 2.1.1)",
    ),
    Reason.CONTENT_ERROR: (
        "554 5.6.0 Message contains invalid header",
        "554 5.6.3 Conversion required but not supported",
        "550 5.6.7 SMTPUTF8 is required, but was not offered by host there.test",
        "554 5.6.1 Body type not supported by remote host",
        "550 5.6.0 M2MCVT.StorageError; storage error in content conversion",
        "552 5.6.0 Too many MIME parts",
        "550 Malformed MIME message",
    ),
    Reason.MESSAGE_TOO_BIG: (
        "552 5.3.4 Message size exceeds maximum message size",
        "552 #5.3.4 message size exceeds limit",
        "552-5.3.4 Your message exceeded Google's message size limits.",
        "550 5.2.3 RESOLVER.RST.SendSizeLimit.Org; message too large for this organization",
        "523 the message size exceeds the server's size limit",
        "552 Message size exceeds maximum permitted",
        "552 sorry, that message size exceeds my databytes limit (#5.3.4)",
        "552 5.3.4 Message too big for system",
        "554 The mail is larger than this server allows",
    ),
    Reason.EXCEED_LIMIT: (
        "552 5.2.3 Message larger than the recipient accepts",
        "550 5.2.3 Message exceeds the maximum size this mailbox takes",
    ),
    Reason.SPEEDING: (
        (
            "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents"
            " additional messages from being delivered."
        ),
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail",
        "550 5.4.5 Daily user sending quota exceeded.",
        "454 Throttling failure: Maximum sending rate exceeded.",
        "550 5.7.705 Access denied, tenant has exceeded threshold",
        "451 4.7.0 Server busy: sending limit of messages per hour exceeded",
        "450 4.7.1 Error: too much mail from 192.0.2.7",
        "421 4.7.0 Rate limited: too many messages from your address, slow down",
        (
            "450 4.7.1 Recipient address rejected: Policy Rejection- Quota Exceeded for"
            " messages per"
            " hour"
        ),
        "452 4.3.1 Message rate limit reached for this sender",
        "421 CXTHRT Email sending limited due to suspicious behavior on this account",
    ),
    Reason.TOO_MANY_CONNECTIONS: (
        "421 4.7.0 mx.there.test Error: too many connections from 192.0.2.7",
        "452 4.5.3 Error: too many recipients",
        "421 Too many concurrent SMTP connections from this IP address; please try again later.",
        (
            "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing"
            " transmission channel"
        ),
        (
            "554 mx.there.test (mxgmx) Nemesis ESMTP Service not available: No SMTP service:"
            " maximum"
            " number of parallel connections reached"
        ),
        "451 Too many sessions opened from your host",
        "450 Ip frequency limited",
        "451 Domain frequency limited",
        "550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients",
    ),
    Reason.EXPIRED: (
        "550 4.4.7 QUEUE.Expired; message expired",
        "554 5.4.7 Delivery expired (message too old)",
        "451 4.4.1 Connection timed out",
        "connect to mx.there.test[192.0.2.7]:25: Connection refused",
        "retry timeout exceeded",
        "Unable to contact host for 1 days.",
        "550 5.4.300 Message expired -> 421 4.4.1 connection timed out",
        "all hosts for 'there.test' have been failing for a long time (and retry time not reached)",
        "I'm not going to try again; this message has been in the queue too long.",
        (
            "delivery temporarily suspended: connect to mx.there.test[192.0.2.7]:25: Operation"
            " timed"
            " out"
        ),
        "4.4.316 Connection refused [Message=Socket error code 10061]",
        (
            "conversation with mx.there.test[192.0.2.7] timed out while receiving the initial"
            " server"
            " greeting"
        ),
    ),
    Reason.NETWORK_ERROR: (
        "550 5.4.6 Hop count exceeded - possible mail loop",
        "554 5.4.14 Hop count exceeded - possible mail loop ATTR34",
        "5.4.6 mail for there.test loops back to myself",
        "554 too many hops, this message is looping (#5.4.6)",
        "554 5.4.6 Maximum number of Received headers exceeded",
        "550 5.4.12 SMTP; Hop count exceeded - message loop detected",
        "connect to mx.there.test[2001:db8::7]:25: Network is unreachable",
        "lost connection with mx.there.test[192.0.2.7] while receiving the initial server greeting",
        "450 4.4.317 Cannot connect to remote server [Message=connection reset by peer]",
        "451 4.4.3 Temporary server error: DNS query failed",
        "I couldn't find any valid route to there.test: CNAME lookup failed temporarily. (#4.4.3)",
        (
            "Sorry. Although I'm listed as a best-preference MX or A for that host, it isn't in my"
            " control/locals file, so I don't treat it as local. (#5.4.6)"
        ),
        "554 Message appears to be in a loop: too many Received lines",
    ),
    Reason.SYSTEM_ERROR: (
        "451 4.3.0 Mail server temporarily rejected message: queue file write error",
        "451 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded; dynamic error",
        "451 4.3.0 Temporary lookup failure",
        "451 Temporary local problem - please try later",
        "451 4.3.5 Server configuration problem",
        "450 4.3.2 Service currently unavailable",
        "554 5.3.5 Local configuration error",
        "421 4.3.0 Internal server error, please retry",
        "432 4.3.2 STOREDRV.Storage; mailbox server is too busy",
        "451 4.3.0 Unable to scan the message at the moment: backend not reachable",
    ),
    Reason.SYSTEM_FULL: (
        "452 4.3.1 Insufficient system resources",
        "452 4.3.1 Out of disk space for temp file",
        "451 write error: No space left on device",
        "452 space shortage, please try later",
    ),
    Reason.MAILER_ERROR: (
        'Command died with status 1: "/usr/local/bin/filter"',
        "can't create user output file. Command output: procmail: Couldn't create \"/var/mail/a\"",
        "local delivery failed: pipe to |/opt/sort/in generated by anna: exit status 75",
        "Child process of local_pipe transport returned 127 (could not exec command)",
        '5.3.0 X-Unix; 77 "|/usr/libexec/vacation -a anna" unknown mailer error 77',
    ),
    Reason.SYNTAX_ERROR: (
        "503 5.5.1 Bad sequence of commands",
        "502 5.5.2 Error: command not recognized",
        "501 5.5.4 Syntax error in parameters or arguments",
        "555 5.5.2 Syntax error, goodbye",
        "503 valid RCPT command must precede DATA",
    ),
    Reason.FAILED_STARTTLS: (
        "530 5.7.0 Must issue a STARTTLS command first",
        "454 4.7.0 TLS not available due to local problem",
        "450 4.7.320 Certificate validation failed",
        "550 5.7.10 TLS is required, but was not offered by the remote server",
        "TLS is required, but was not offered by host mx.there.test[192.0.2.7]",
        "Server certificate not trusted",
        "550 5.7.30 REQUIRETLS support required",
        "4.7.5 Server certificate not verified (MTA-STS policy)",
    ),
}
CASES = [(words, reason) for reason, lines in REFUSALS.items() for words in lines]


def returned(words: str) -> bytes:
    """Return a delivery report that says no more than *words*."""
    return f"""\
From: MAILER-DAEMON@mx.sender.test
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=cut

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.sender.test

Final-Recipient: rfc822; anna@there.test
Action: failed
Diagnostic-Code: smtp; {words}

--cut--
""".encode()


@pytest.mark.parametrize(("words", "reason"), CASES)
def test_the_refusals_of_many_servers_are_understood(words: str, reason: Reason):
    (bounce,) = read_mail(returned(words)).bounces
    assert bounce.reason is reason
