"""Handing out files that came from outside: always as a download, never as a page of ours."""

from collections.abc import Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download(chunks: Iterator[bytes], *, name: str, size: int) -> StreamingHttpResponse:
    """Answer with a file as a stream.

    The type is always that of unknown bytes: what a sender claims must not make a browser run it.
    """
    response = StreamingHttpResponse(chunks, content_type="application/octet-stream")
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    return response
