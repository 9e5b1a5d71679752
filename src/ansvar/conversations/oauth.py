"""OAuth 2 towards mail servers: whom to ask for tokens, how, and what goes wrong, in words.

Authorisation code with PKCE (RFC 6749, RFC 7636) where a person agrees in the browser, client
credentials where an administrator of the mail service has given the right to the program itself.
"""

import base64
import hashlib
import http.client
import json
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from ansvar.conversations.loopback import is_loopback
from ansvar.conversations.models import Mailbox, OAuthAccess
from ansvar.kernel import clock

TIMEOUT_SECONDS = 20
_LONGEST_ANSWER = 256 * 1024
_USUAL_LIFE = timedelta(minutes=5)
"""Taken for a token whose server does not say how long it holds."""


class NoToken(OSError):
    """The token endpoint gave no token; the text says what that means."""


class AgreementOver(NoToken):
    """Nobody's agreement holds any more: somebody has to agree again in the browser."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A mail service whose addresses are known."""

    label: str | Promise
    mailbox: Mapping[str, Any]
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""
    client_scope: str = ""
    """What a program with a right of its own asks for; empty where there is no such right."""


PROVIDERS: dict[str, Provider] = {
    "google": Provider(
        label="Google",
        mailbox={
            "log_in": Mailbox.LogIn.OAUTH,
            "imap_host": "imap.gmail.com",
            "smtp_host": "smtp.gmail.com",
        },
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        scope="https://mail.google.com/",
    ),
    "microsoft": Provider(
        label="Microsoft 365",
        mailbox={
            "log_in": Mailbox.LogIn.OAUTH,
            "imap_host": "outlook.office365.com",
            "smtp_host": "smtp.office365.com",
        },
        authorize_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106 - an address
        scope=(
            "offline_access https://outlook.office.com/IMAP.AccessAsUser.All "
            "https://outlook.office.com/SMTP.Send"
        ),
        client_scope="https://outlook.office365.com/.default",
    ),
    "own": Provider(label=gettext_lazy("own server"), mailbox={}),
}


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a token endpoint gave."""

    access_token: str
    refresh_token: str
    """Empty when the one in use stays in force."""
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What shows that the answer belongs to our question (PKCE); the verifier stays here."""

    verifier: str

    @classmethod
    def made(cls) -> "Proof":
        """Make a new one."""
        return cls(verifier=secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """What is sent ahead."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def is_safe(url: str) -> bool:
    """Tell whether secrets may be sent there: by https, or without leaving this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def agreement_url(access: OAuthAccess, *, state: str, proof: Proof, return_to: str) -> str:
    """Return where somebody agrees that the mailbox is read and sent from."""
    wanted = {
        "response_type": "code",
        "client_id": access.client_id,
        "redirect_uri": return_to,
        "scope": access.scope,
        "state": state,
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
        "login_hint": access.mailbox.address,
        # Without these Google gives no refresh token; others leave them aside.
        "access_type": "offline",
        "prompt": "consent",
    }
    joint = "&" if urlsplit(access.authorize_url).query else "?"
    return access.authorize_url + joint + urlencode(wanted)


def tokens_by_code(access: OAuthAccess, *, code: str, proof: Proof, return_to: str) -> Tokens:
    """Trade the code that an agreement gave for tokens.

    Raises: NoToken.
    """
    wanted = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": proof.verifier,
    }
    tokens = _asked(access, wanted)
    if not tokens.refresh_token:
        raise NoToken(
            _(
                "{server} gave no refresh token, so the mailbox would stop within the hour: the "
                "scope must ask for lasting access (offline_access)."
            ).format(server=_server(access))
        )
    return tokens


def require_agreement(access: OAuthAccess) -> None:
    """Make sure that somebody has agreed, where that is needed.

    Raises: AgreementOver.
    """
    if access.grant == OAuthAccess.Grant.REFRESH and not access.refresh_token:
        raise AgreementOver(
            _("Nobody has agreed yet that this mailbox is read: do so on the mailbox's page.")
        )


def fresh_tokens(access: OAuthAccess) -> Tokens:
    """Ask for a new access token.

    Raises: NoToken; AgreementOver.
    """
    if access.grant == OAuthAccess.Grant.CLIENT:
        return _asked(access, {"grant_type": "client_credentials", "scope": access.scope})
    require_agreement(access)
    wanted = {"grant_type": "refresh_token", "refresh_token": access.refresh_token}
    return _asked(access, wanted)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Secrets go where the administrator said, and nowhere else."""

    @override
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def _asked(access: OAuthAccess, wanted: dict[str, str]) -> Tokens:
    if not is_safe(access.token_url):
        raise NoToken(
            _("{url} is not asked for tokens: the address must begin with https://.").format(
                url=access.token_url
            )
        )
    fields = {**wanted, "client_id": access.client_id}
    if access.client_secret:
        fields["client_secret"] = access.client_secret
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at above
        access.token_url,
        data=urlencode(fields).encode("ascii"),
        headers={"Accept": "application/json", "User-Agent": "Ansvar"},
    )
    tls = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    opener = urllib.request.build_opener(_NoRedirects, tls)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _tokens(access, _json(answer.read(_LONGEST_ANSWER)))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(access, error.code, _json(error.read(_LONGEST_ANSWER))) from None
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, NoToken):
            raise
        why = getattr(error, "reason", error)
        words = _("{server}, which gives the tokens, cannot be reached: {why}.")
        raise NoToken(words.format(server=_server(access), why=why)) from None


def _tokens(access: OAuthAccess, said: dict[str, Any]) -> Tokens:
    token = said.get("access_token")
    if not isinstance(token, str) or not token:
        words = _("{server} answered, but without an access token.")
        raise NoToken(words.format(server=_server(access)))
    refresh_token = said.get("refresh_token")
    try:
        life = timedelta(seconds=min(max(0, int(said["expires_in"])), 10**8))
    except (KeyError, TypeError, ValueError):
        life = _USUAL_LIFE
    return Tokens(
        access_token=token,
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        expires_at=clock.now() + life,
    )


def _refusal(access: OAuthAccess, status: int, said: dict[str, Any]) -> NoToken:
    server = _server(access)
    match said.get("error"):
        case "invalid_grant" if access.grant == OAuthAccess.Grant.REFRESH:
            words = _(
                "{server} says that the agreement has ended or was withdrawn: somebody has to "
                "agree again on the mailbox's page."
            )
            return AgreementOver(words.format(server=server))
        case "invalid_client" | "unauthorized_client":
            words = _("{server} does not accept this client: check its id and its secret.")
            return NoToken(words.format(server=server))
        case "invalid_scope":
            words = _("{server} does not give what the scope asks for: check the scope.")
            return NoToken(words.format(server=server))
    why = str(said.get("error_description") or said.get("error") or f"HTTP {status}")
    words = _("{server} gave no token: {why}")
    return NoToken(words.format(server=server, why=why.splitlines()[0][:200]))


def _json(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _server(access: OAuthAccess) -> str:
    return urlsplit(access.token_url).netloc.rpartition("@")[2]
