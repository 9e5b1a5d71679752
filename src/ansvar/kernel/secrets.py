"""Secrets at rest: passwords and tokens of other systems, encrypted with the installation's key."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models
from typing_extensions import override


class KeyMismatch(Exception):
    """A stored secret was encrypted with another key than this installation's."""


class EncryptedField(models.TextField):  # type: ignore[type-arg]  # django-stubs: generic only to the checker
    """Text that is encrypted in the database and plain in Python; it cannot be searched."""

    @override
    def get_prep_value(self, value: Any) -> str | None:
        if value is None or value == "":
            return None if value is None else ""
        return _fernet().encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt what the database holds.

        Raises: KeyMismatch.
        """
        if not value:
            return value
        try:
            return _fernet().decrypt(value.encode("ascii")).decode()
        except InvalidToken as error:
            raise KeyMismatch(
                "A stored password cannot be read: the encryption key of this installation has "
                "changed. Put the old key back, or enter the password again."
            ) from error


def _fernet() -> Fernet:
    return Fernet(settings.ENCRYPTION_KEY)
