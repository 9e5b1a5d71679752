import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from mails import a_mailbox
from private_keys import a_private_key

from ansvar.conversations.commands import edit_mailbox
from ansvar.conversations.composing import Outgoing, as_bytes
from ansvar.conversations.models import Mailbox
from ansvar.conversations.signing import check_signing, dns_record, signed
from ansvar.kernel import clock
from ansvar.kernel.actor import SYSTEM


def a_signing_mailbox(key, **wanted) -> Mailbox:
    fields = {"dkim_domain": "corp.test", "dkim_selector": "desk", "dkim_key": key, **wanted}
    return Mailbox(address="it@mail.corp.test", **fields)


def a_letter() -> bytes:
    return as_bytes(
        Outgoing(
            sender_name="IT",
            sender="it@mail.corp.test",
            reply_to="it+tabc@mail.corp.test",
            to=["anna@example.com"],
            subject="Återställ lösenordet",
            text="Hej,\n.\n..leading dots and *more*  \n",
            message_id="1@corp.test",
            references=["0@corp.test"],
            written_at=clock.now(),
        )
    )


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_what_is_signed_can_be_checked_with_the_record_that_we_ask_to_publish(kind, rsa_key):
    key = rsa_key if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    mailbox = a_signing_mailbox(a_private_key(key))
    check_signing(mailbox)
    record = dns_record(mailbox)
    assert record.name == "desk._domainkey.corp.test"
    assert f"k={kind}" in record.text

    def published(name: bytes, timeout: int = 5) -> bytes:
        assert name.rstrip(b".").decode() == record.name
        return "".join(record.pieces).encode()

    raw = signed(a_letter(), mailbox)
    assert dkim.verify(raw, dnsfunc=published)
    for header in (b"Reply-To: evil@x.test", b"From: evil@x.test", b"Subject: other"):
        name = header.partition(b":")[0]
        if name == b"From":
            forged = header + b"\r\n" + raw
        else:
            lines = raw.split(b"\r\n")
            forged = b"\r\n".join(header if one.startswith(name) else one for one in lines)
        assert not dkim.verify(forged, dnsfunc=published), header


def test_a_key_that_cannot_sign_is_refused_when_it_is_saved(rsa_key):
    wrong = {
        "no private key": "hello",
        "protected by a password": a_private_key(rsa_key, b"secret"),
        "only RSA and Ed25519": a_private_key(ec.generate_private_key(ec.SECP256R1())),
    }
    for words, key in wrong.items():
        with pytest.raises(ValidationError, match=words):
            check_signing(a_signing_mailbox(key))


def test_a_signature_needs_all_three_and_a_domain_that_receivers_heed(rsa_key):
    check_signing(Mailbox(address="it@corp.test"))
    with pytest.raises(ValidationError, match="all three or none"):
        check_signing(a_signing_mailbox("", dkim_selector="desk"))
    with pytest.raises(ValidationError, match="or of a domain above it"):
        check_signing(a_signing_mailbox(a_private_key(rsa_key), dkim_domain="other.test"))


@pytest.mark.django_db
def test_the_record_is_printed_as_a_line_for_the_zone(rsa_key, capsys):
    mailbox = a_mailbox()
    with pytest.raises(CommandError, match="has no key"):
        call_command("show_dkim_record", mailbox.address)
    edit_mailbox(
        mailbox.pk,
        dkim_domain="corp.test",
        dkim_selector="desk",
        dkim_key=a_private_key(rsa_key),
        by=SYSTEM,
    )
    call_command("show_dkim_record", mailbox.address.upper())
    line = capsys.readouterr().out
    assert line.startswith('desk._domainkey.corp.test. IN TXT "v=DKIM1; k=rsa; p=')
