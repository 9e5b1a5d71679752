"""A server that gives OAuth 2 tokens on loopback, where Google or Microsoft would be asked.

Its tokens are JWTs, signed with a key that Dovecot knows, so that the log-in with them is real.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

HOST = "127.0.0.1"
KEY = b"a key that Dovecot and the token server share"
CLIENT = "desk"
SECRET = "the client's secret"


def token_for(address: str, *, seconds: int = 3600, key: bytes = KEY) -> str:
    """Return a signed access token for a mailbox."""
    now = int(time.time())
    said = {
        "sub": address,
        "email": address,
        "azp": CLIENT,
        "aud": CLIENT,
        "iat": now - 5,
        "exp": now + seconds,
        "jti": secrets.token_hex(4),
    }
    parts = [_encoded(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, said)]
    signed = ".".join(parts)
    return f"{signed}.{_encoded(hmac.digest(key, signed.encode(), 'sha256'))}"


def address_in(token: str) -> str | None:
    """Return whose mailbox a token opens, if it is one of ours."""
    signed, _dot, signature = token.rpartition(".")
    if signature != _encoded(hmac.digest(KEY, signed.encode(), "sha256")):
        return None
    said = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    return str(said["email"]) if said["exp"] > time.time() else None


class TokenServer:
    """Gives tokens for one mailbox, and refuses as it is told to."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.seconds = 3600
        self.refresh_token = "the first refresh token"
        self.rotates = False
        self.code = ""
        self.challenge = ""
        self.refuses_with: tuple[int, dict[str, str]] | None = None
        self.redirects_to = ""
        self.asked: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self.url = f"http://{HOST}:{self._server.server_port}/token"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(fields)
        if self.refuses_with:
            return self.refuses_with
        if (fields["client_id"], fields.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        if not self._holds(fields):
            return 400, {"error": "invalid_grant", "error_description": "Token revoked."}
        said: dict[str, Any] = {
            "access_token": token_for(self.address, seconds=self.seconds),
            "expires_in": self.seconds,
            "token_type": "Bearer",
        }
        if fields["grant_type"] == "authorization_code" or self.rotates:
            self.refresh_token = f"refresh token {len(self.asked)}"
            said["refresh_token"] = self.refresh_token
        return 200, said

    def _holds(self, fields: dict[str, str]) -> bool:
        match fields["grant_type"]:
            case "refresh_token":
                return fields["refresh_token"] == self.refresh_token
            case "authorization_code":
                digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
                return fields["code"] == self.code and _encoded(digest) == self.challenge
            case grant:
                return grant == "client_credentials"

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if server.redirects_to:
                    self.send_response(307)
                    self.send_header("Location", server.redirects_to)
                    self.end_headers()
                    return
                status, said = server._answer(dict(parse_qsl(body)))
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
