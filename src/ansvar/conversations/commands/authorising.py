"""By which grant a mailbox logs in with OAuth 2, and the token in force."""

import threading
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from typing_extensions import Unpack

from ansvar.conversations import oauth
from ansvar.conversations.commands.mailboxes import MASK, SECRETS
from ansvar.conversations.facts import MailboxChanged
from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require

RENEWED_BEFORE_SECONDS = 120
"""A token that ends so soon is not used any more: a log-in and a long mail take their time."""
_TOKENS = ("refresh_token", "access_token", "expires_at")


class OAuthFields(TypedDict, total=False):
    """How tokens are got; an empty secret leaves the present one."""

    grant: str
    authorize_url: str
    token_url: str
    client_id: str
    client_secret: str
    scope: str


@command
def set_oauth(mailbox_id: int, *, by: Actor, **wanted: Unpack[OAuthFields]) -> OAuthAccess:
    """Say by which grant a mailbox logs in; what was agreed for another client is dropped.

    Raises: NotPermitted; ValidationError.
    Records: MailboxChanged, without secrets.
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).select_related("desk")
    found = mailbox.defer(*SECRETS).get(pk=mailbox_id)
    require(by, "mailbox.manage", found)
    access = OAuthAccess.objects.filter(mailbox=found).first() or OAuthAccess(mailbox=found)
    fields: dict[str, object] = {**wanted}
    if not fields.get("client_secret", "-"):
        del fields["client_secret"]
    changes = set_fields(access, fields)
    if not changes and access.pk:
        return access
    _check(access)
    if changes.keys() & {"grant", "token_url", "client_id"}:
        access.refresh_token = ""
    access.access_token, access.expires_at = "", None
    access.save()
    if "client_secret" in changes:
        changes["client_secret"] = (MASK, MASK)
    _note_change(found, {f"oauth_{name}": change for name, change in changes.items()}, by=by)
    return access


@command
def keep_agreement(mailbox_id: int, *, tokens: oauth.Tokens, by: Actor) -> None:
    """Keep what somebody has agreed to in the browser; the receiver tries again at once.

    Raises: NotPermitted.
    Records: MailboxChanged, without the tokens.
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).select_related("desk")
    found = mailbox.defer(*SECRETS).get(pk=mailbox_id)
    require(by, "mailbox.manage", found)
    access = OAuthAccess.objects.select_for_update().get(mailbox=found)
    _put(access, tokens)
    _note_change(found, {"oauth_refresh_token": (MASK, MASK)}, by=by)


def token_for(mailbox: Mailbox, *, refused: str = "") -> str:
    """Return a token in force, asking for a new one when there is none, or it was *refused*.

    One asks at a time, in any thread or process: the next takes what the first has got.

    Raises: NoToken.
    """
    access = OAuthAccess.objects.filter(mailbox=mailbox).first()
    if access is None:
        raise oauth.NoToken(_("It is not set up yet how this mailbox logs in with OAuth 2."))
    if _is_in_force(access, refused):
        return str(access.access_token)
    oauth.require_agreement(access)
    if not connection.in_atomic_block:
        return _renewed(access.pk, refused)
    # What the server has given is kept even if the caller's transaction ends in a rollback: a
    # refresh token that was replaced is void.
    return _elsewhere(access.pk, refused)


def _is_in_force(access: OAuthAccess, refused: str) -> bool:
    if not access.access_token or access.access_token == refused or access.expires_at is None:
        return False
    return (access.expires_at - clock.now()).total_seconds() > RENEWED_BEFORE_SECONDS


def _renewed(access_id: int, refused: str) -> str:
    with transaction.atomic():
        rows = OAuthAccess.objects.select_for_update(of=("self",)).select_related("mailbox")
        access = rows.defer(*(f"mailbox__{name}" for name in SECRETS)).get(pk=access_id)
        if _is_in_force(access, refused):
            return str(access.access_token)
        _put(access, oauth.fresh_tokens(access))
        return str(access.access_token)


def _elsewhere(access_id: int, refused: str) -> str:
    found: list[str] = []
    failed: list[Exception] = []

    def renew() -> None:
        try:
            found.append(_renewed(access_id, refused))
        except Exception as error:  # noqa: BLE001 - raised again by the caller
            failed.append(error)
        finally:
            connection.close()

    renewing = threading.Thread(target=renew, name="new token")
    renewing.start()
    renewing.join()
    if failed:
        raise failed[0]
    return found[0]


def _put(access: OAuthAccess, tokens: oauth.Tokens) -> None:
    access.access_token, access.expires_at = tokens.access_token, tokens.expires_at
    if tokens.refresh_token:
        access.refresh_token = tokens.refresh_token
    access.save(update_fields=list(_TOKENS))


def _check(access: OAuthAccess) -> None:
    access.full_clean(exclude=["mailbox", *_TOKENS])
    needed = ["token_url"]
    if access.grant == OAuthAccess.Grant.REFRESH:
        needed.append("authorize_url")
    for name in needed:
        if not oauth.is_safe(getattr(access, name)):
            raise ValidationError({name: _("The address must begin with https://.")})


def _note_change(mailbox: Mailbox, changes: dict[str, tuple[object, object]], *, by: Actor) -> None:
    # No failures in a row: the receiver takes that as the word to try again at once.
    mailbox.failures = 0
    mailbox.save(update_fields=["failures"])
    record(MailboxChanged(subject_id=mailbox.pk, changes=changes), by=by)
