"""A message's HTML as a page of its own, to be shown in a sandboxed frame."""

import base64
import re
from html import escape

from ansvar.conversations import store
from ansvar.conversations.models import Attachment, Message
from ansvar.conversations.sanitising import REMOTE

FRAME_POLICY = {
    # Links open beside it, scripts and the session stay out.
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    "img-src": "data:",
    "style-src": "'unsafe-inline'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
"""The page's own content policy, on top of nothing: nothing runs and nothing is fetched."""
REMOTE_POLICY = FRAME_POLICY | {"img-src": "data: https:"}
"""The same when the reader has asked for the pictures: only they are fetched."""
LARGEST_PICTURE = 3_000_000
LARGEST_PICTURES = 10_000_000

# No SVG: it is a document of its own, and mail clients do not send it in a text's place.
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
_SOURCE = re.compile(r'src="cid:([^"]{1,400})"', re.IGNORECASE)
_REMOTE = re.compile(rf'<img((?: [a-z-]{{1,30}}="[^"]*")*?) {REMOTE}="https?://([^"]*)"')
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8">'
    '<meta name="referrer" content="no-referrer"><base target="_blank">'
    "<style>html{{color-scheme:light;background:#fff;color:#1b2434}}"
    "body{{margin:.75rem;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}"
    "img{{max-width:100%;height:auto}}table{{max-width:100%}}"
    "blockquote{{margin:0 0 0 .5em;padding-left:.75em;border-left:3px solid #d5dae1}}"
    "img:not([src]){{min-width:2em;min-height:1.5em;border:1px dashed #5d6b82}}"
    "</style></head><body>{body}</body></html>"
)


def body_document(message: Message, *, with_remote: bool = False, whole: bool = False) -> str:
    """Return a message as an HTML page; pictures that came with it are inside.

    They are inside because a sandboxed frame has no session with which it could fetch them.
    Pictures elsewhere are fetched only *with_remote*, under `REMOTE_POLICY`, and by TLS. The
    *whole* message has its signature and what it quotes below. A message without HTML is shown
    as its words.
    """
    body = _html_of(message, whole=whole) or _as_words(message, whole=whole)
    body = _REMOTE.sub(r'<img\1 src="https://\2"' if with_remote else r"<img\1", body)
    pictures = _Pictures(message)
    body = _SOURCE.sub(pictures.source, body)
    return _PAGE.format(body=body)


def has_remote_pictures(message: Message) -> bool:
    """Tell whether a message shows pictures that would be fetched from elsewhere."""
    return bool(_REMOTE.search(_html_of(message, whole=True)))


def _html_of(message: Message, *, whole: bool) -> str:
    if whole and message.quoted_html:
        return f"{message.html}<hr>{message.quoted_html}"
    return message.html


def _as_words(message: Message, *, whole: bool) -> str:
    words = f"{message.text}\n\n{message.quoted}" if whole and message.quoted else message.text
    return f"<pre style='white-space:pre-wrap'>{escape(words)}</pre>"


class _Pictures:
    """Puts a message's pictures where its HTML names them, up to a size."""

    def __init__(self, message: Message) -> None:
        self._files = {
            _key(file): file
            for file in message.attachments.all()
            if _key(file) and not file.is_blocked
        }
        self._room = LARGEST_PICTURES

    def source(self, match: re.Match[str]) -> str:
        """Return the attribute for one picture; without its file none."""
        file = self._files.get(match[1].strip().lower())
        if file is None or file.media_type not in _PICTURES:
            return ""
        if file.size > min(LARGEST_PICTURE, self._room):
            return f'alt="{escape(file.name)}"'
        self._room -= file.size
        try:
            content = base64.b64encode(store.read(file.sha256)).decode("ascii")
        except (store.ContentAway, store.ContentMissing):
            # The words are worth reading without the picture.
            return f'alt="{escape(file.name)}"'
        return f'src="data:{file.media_type};base64,{content}"'


def _key(file: Attachment) -> str:
    return file.content_id.strip().lower()
