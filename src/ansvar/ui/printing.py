"""Turning a page into a PDF, on this machine alone: nothing is fetched but our own static files."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from ansvar.ui import render, static_files

HERE = "http://document.invalid"
"""Stands for our own address while a document is made; a name that nobody can have (RFC 2606)."""


class NoPrinter(Exception):
    """The libraries that set type are not on this machine."""


def pdf_of(html: str) -> bytes:
    """Return a document as PDF.

    Raises: NoPrinter.
    """
    try:
        # Imported late: it needs pango from the system, and no other page should.
        from weasyprint import HTML  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise NoPrinter(str(error)) from error

    for talkative in ("weasyprint.progress", "fontTools"):
        logging.getLogger(talkative).setLevel(logging.WARNING)

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
        """Gives our static files, and refuses the network and all other files."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - as the library asks
            asset = None
            if url.startswith(f"{HERE}{static_files.PREFIX}"):
                asset = static_files.asset_at(url.removeprefix(HERE))
            if asset is None:
                raise ValueError(f"{url} is none of our own files.")
            return URLFetcherResponse(url, asset.content, {"Content-Type": asset.kind})

    document = HTML(string=html, base_url=f"{HERE}/", url_fetcher=OwnFiles())
    return bytes(document.write_pdf())


def pdf_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, name: str
) -> HttpResponse:
    """Answer with a page as PDF, to be kept under *name*.

    Raises: NoPrinter.
    """
    html = render.page(request, template, context).content.decode()
    answer = HttpResponse(pdf_of(html), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer
