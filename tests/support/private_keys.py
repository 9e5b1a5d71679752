"""Private keys for signatures."""

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)


def a_private_key(key=None, password: bytes = b"") -> str:
    """Return a key in PEM form, of a kind that is quick to make unless one is given."""
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    key = key or ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()
