"""DKIM (RFC 6376): outgoing mail signed with a key of the desk's domain."""

import base64
from dataclasses import dataclass
from typing import NoReturn

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ansvar.conversations.models import Mailbox

SMALLEST_RSA = 1024
"""Bits; verifiers refuse less (RFC 8301)."""
_SIGNED = (
    "from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references",
    "mime-version", "content-type", "auto-submitted",
)  # fmt: skip
_PIECE = 255
"""Characters that one string of a TXT record holds."""

_Key = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, kw_only=True)
class DnsRecord:
    """What an administrator has to publish so that others can check the signature."""

    name: str
    text: str

    @property
    def pieces(self) -> list[str]:
        """The text in strings as long as a TXT record takes."""
        return [self.text[at : at + _PIECE] for at in range(0, len(self.text), _PIECE)]

    @property
    def line(self) -> str:
        """The record as it stands in a zone file."""
        strings = " ".join(f'"{piece}"' for piece in self.pieces)
        return f"{self.name}. IN TXT {strings}"


def is_signed(mailbox: Mailbox) -> bool:
    """Tell whether mail of a mailbox leaves with a signature."""
    return bool(mailbox.dkim_key)


def check_signing(mailbox: Mailbox) -> None:
    """Check that what is set for signatures can make one that is worth something.

    Raises: ValidationError.
    """
    if not (mailbox.dkim_key or mailbox.dkim_domain or mailbox.dkim_selector):
        return
    missing = {
        name: _("A signature needs domain, selector and key: fill all three or none.")
        for name in ("dkim_domain", "dkim_selector", "dkim_key")
        if not getattr(mailbox, name)
    }
    if missing:
        raise ValidationError(missing)
    own, signing = mailbox.address.rpartition("@")[2].lower(), mailbox.dkim_domain.lower()
    if own != signing and not own.endswith(f".{signing}"):
        words = _("Receivers heed only a signature of {own} or of a domain above it.")
        raise ValidationError({"dkim_domain": words.format(own=own)})
    _key_of(mailbox)


def dns_record(mailbox: Mailbox) -> DnsRecord:
    """Return the record to be published for a mailbox that signs.

    Raises: ValidationError when its key is none.
    """
    key = _key_of(mailbox)
    public = key.public_key()
    if isinstance(key, RSAPrivateKey):
        kind = "rsa"
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        # RFC 8463 publishes the bare key.
        kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return DnsRecord(
        name=f"{mailbox.dkim_selector}._domainkey.{mailbox.dkim_domain}",
        text=f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode('ascii')}",
    )


def signed(raw: bytes, mailbox: Mailbox) -> bytes:
    """Return a mail with the signature of its mailbox before it.

    Raises: ValidationError when the key is none.
    """
    key = _key_of(mailbox)
    if isinstance(key, RSAPrivateKey):
        method = b"rsa-sha256"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    else:
        method = b"ed25519-sha256"
        private = base64.b64encode(
            key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        )
    present = {name.lower() for name, _value in dkim.rfc822_parse(raw)[0]}
    names = [name.encode() for name in _SIGNED if name.encode() in present]
    signature: bytes = dkim.sign(
        raw,
        mailbox.dkim_selector.encode("idna"),
        mailbox.dkim_domain.encode("idna"),
        private,
        # Named once more than there are, From cannot be added a second time.
        include_headers=[*names, b"from"],
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=method,
    )
    return signature + raw


def _refuse(why: str) -> NoReturn:
    raise ValidationError({"dkim_key": why})


def _key_of(mailbox: Mailbox) -> _Key:
    try:
        key = load_pem_private_key(mailbox.dkim_key.strip().encode(), password=None)
    except TypeError:
        _refuse(_("The key is protected by a password. Give it without one: it is kept encrypted."))
    except ValueError:
        _refuse(_("This is no private key in PEM form (-----BEGIN PRIVATE KEY-----)."))
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        _refuse(_("DKIM knows only RSA and Ed25519 keys."))
    if isinstance(key, RSAPrivateKey) and key.key_size < SMALLEST_RSA:
        words = _("An RSA key needs at least {bits} bits; better 2048.")
        _refuse(words.format(bits=SMALLEST_RSA))
    return key
