"""Headers that keep a page from doing more than it was written for."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from django.http import HttpRequest, HttpResponse

POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PERMISSIONS: Final = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"
)
_OWN_POLICY: Final = "_content_policy"
Answer = TypeVar("Answer", bound=HttpResponse)


def content_policy(response: Answer, policy: Mapping[str, str]) -> Answer:
    """Give this answer its own policy: *policy* on top of nothing but `default-src 'none'`.

    Meant for a mail's body: `{"sandbox": "allow-popups", "frame-ancestors": "'self'", ...}`.
    """
    setattr(response, _OWN_POLICY, {"default-src": "'none'", **policy})
    return response


class SecurityHeaders:
    """Middleware that sends the content policy and its companions with every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then add what the view has not set itself."""
        response = self.get_response(request)
        policy: Mapping[str, str] = getattr(response, _OWN_POLICY, POLICY)
        value = "; ".join(f"{name} {sources}".strip() for name, sources in policy.items())
        response.headers.setdefault("Content-Security-Policy", value)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        framed = policy.get("frame-ancestors") == "'self'"
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN" if framed else "DENY")
        return response
