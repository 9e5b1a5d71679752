"""A message's HTML as a page of its own, to be shown in a sandboxed frame."""

import base64
import re
from html import escape

from ansvar.conversations import store
from ansvar.conversations.models import Attachment, Message

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
LARGEST_PICTURE = 3_000_000
LARGEST_PICTURES = 10_000_000

# No SVG: it is a document of its own, and mail clients do not send it in a text's place.
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
_SOURCE = re.compile(r'src="cid:([^"]{1,400})"', re.IGNORECASE)
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8">'
    '<meta name="referrer" content="no-referrer"><base target="_blank">'
    "<style>html{{color-scheme:light;background:#fff;color:#1b2434}}"
    "body{{margin:0;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}"
    "img{{max-width:100%;height:auto}}table{{max-width:100%}}"
    "blockquote{{margin:0 0 0 .5em;padding-left:.75em;border-left:3px solid #d5dae1}}"
    "</style></head><body>{body}</body></html>"
)


def body_document(message: Message) -> str:
    """Return a message as an HTML page; pictures that came with it are inside.

    They are inside because a sandboxed frame has no session with which it could fetch them. A
    message without HTML is shown as its words.
    """
    body = message.html or f"<pre style='white-space:pre-wrap'>{escape(message.text)}</pre>"
    pictures = _Pictures(message)
    body = _SOURCE.sub(pictures.source, body)
    return _PAGE.format(body=body)


def inline_pictures(message: Message) -> set[int]:
    """Return the ids of attachments that the HTML shows in its place, to list only the others."""
    named = {name.strip().lower() for name in _SOURCE.findall(message.html)}
    return {file.pk for file in message.attachments.all() if _key(file) in named and _key(file)}


class _Pictures:
    """Puts a message's pictures where its HTML names them, up to a size."""

    def __init__(self, message: Message) -> None:
        self._files = {_key(file): file for file in message.attachments.all() if _key(file)}
        self._room = LARGEST_PICTURES

    def source(self, match: re.Match[str]) -> str:
        """Return the attribute for one picture; without its file none."""
        file = self._files.get(match[1].strip().lower())
        if file is None or file.media_type not in _PICTURES:
            return ""
        if file.size > min(LARGEST_PICTURE, self._room):
            return f'alt="{escape(file.name)}"'
        self._room -= file.size
        content = base64.b64encode(store.read(file.sha256)).decode("ascii")
        return f'src="data:{file.media_type};base64,{content}"'


def _key(file: Attachment) -> str:
    return file.content_id.strip().lower()
