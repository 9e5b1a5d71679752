"""A mail's own HTML as a page for a sandboxed frame, with the pictures that came with it."""

import base64
import re
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ansvar.conversations import store
from ansvar.conversations.models import Message

FRAME_POLICY: Final = {
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    "frame-ancestors": "'self'",
    "img-src": "data:",
    "style-src": "'unsafe-inline'",
}
"""Nothing runs, nothing is fetched: a picture from elsewhere would tell that the mail is read."""
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGEST_PICTURE: Final = 2 * 1024 * 1024
_EMBEDDED: Final = re.compile(r'src="cid:([^"]+)"', re.IGNORECASE)
_PAGE: Final = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">'
    "<style>body{{margin:8px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}"
    "img{{max-width:100%;height:auto}}</style></head><body>{}</body></html>"
)


def framed(message: Message) -> SafeString:
    """Return the page of a message whose HTML was sanitised when it came in."""
    pictures = {
        file.content_id.strip("<>"): file
        for file in message.attachments.all()
        if file.content_id and file.media_type in PICTURES and file.size <= LARGEST_PICTURE
    }

    def picture(found: re.Match[str]) -> str:
        file = pictures.get(found[1])
        if file is None:
            return 'alt=""'
        try:
            content = base64.b64encode(store.read(file.sha256)).decode()
        except store.ContentMissing:
            return 'alt=""'
        return f'src="data:{file.media_type};base64,{content}"'

    body = _EMBEDDED.sub(picture, message.html)
    return format_html(_PAGE, mark_safe(body))  # noqa: S308 - sanitised on its way in
