"""Serving style sheets, scripts, typeface and pictures, compressed and cached for good.

All files of one build share a version made from their contents, and the version is a part of
their address: `/static/<version>/js/app.js`. So relative addresses between scripts and style
sheets stay within the build, and browsers may keep everything for ever.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FOLDER: Final = Path(str(files("ansvar"))) / "ui/static"
PREFIX: Final = "/static/"
# One request instead of many; the order is the cascade.
BUNDLES: Final = {
    "css/ansvar.css": ("css/tokens.css", "css/base.css", "css/parts/*.css", "css/shells.css")
}
AT_ROOT: Final = {"/favicon.ico": "images/favicon.ico", "/robots.txt": "robots.txt"}
FOR_EVER: Final = "public, max-age=31536000, immutable"
CHECKED: Final = "public, max-age=0, must-revalidate"
COMPRESSED: Final = frozenset({".css", ".js", ".svg", ".txt", ".md", ".webmanifest"})

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    compressed: bytes | None
    kind: str
    tag: str


def _parts(name: str) -> list[Path]:
    """Return the files that make up *name*, in order."""
    if name in BUNDLES:
        return [path for pattern in BUNDLES[name] for path in sorted(FOLDER.glob(pattern))]
    return [FOLDER / name]


@lru_cache(maxsize=1)
def _version_of(_written: float) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(path.relative_to(FOLDER).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@lru_cache(maxsize=1)
def _written_at_start() -> float:
    return _last_written()


def _last_written() -> float:
    return max(path.stat().st_mtime for path in FOLDER.rglob("*"))


def version() -> str:
    """Return the version of the present files; while developing it follows every change."""
    return _version_of(_last_written() if settings.DEBUG else _written_at_start())


def url(name: str) -> str:
    """Return the address of the file *name*, such as `css/ansvar.css`."""
    return f"{PREFIX}{version()}/{name}"


@lru_cache(maxsize=256)
def _asset(name: str, of_version: str) -> Asset | None:
    """Return the file as sent, or None if there is none of that *name* in this version."""
    paths = _parts(name)
    if not paths or not all(path.is_file() and FOLDER in path.resolve().parents for path in paths):
        return None
    content = b"\n".join(path.read_bytes() for path in paths)
    compress = Path(name).suffix in COMPRESSED
    return Asset(
        content=content,
        compressed=gzip.compress(content, mtime=0) if compress else None,
        kind=mimetypes.guess_type(name)[0] or "application/octet-stream",
        tag=f'"{of_version}-{hashlib.sha256(content).hexdigest()[:12]}"',
    )


def asset_at(address: str) -> Asset | None:
    """Return the present file at an address that `url` gave, or None if there is no such file."""
    _version, _, name = address.removeprefix(PREFIX).partition("/")
    return _asset(name, version())


class StaticFiles:
    """Middleware that answers for `/static/` before anything else is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the file, or pass the request on."""
        path = request.path_info
        name = AT_ROOT.get(path) or path.removeprefix(PREFIX)
        if name == path or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        present = version()
        head, _, rest = name.partition("/")
        lasting = head == present
        # An address of another build still finds today's file, but is not kept.
        asset = _asset(rest, present) if lasting else _asset(name, present) or _asset(rest, present)
        if asset is None:
            return HttpResponse("There is no such file.\n", status=404, content_type="text/plain")
        return _answer(request, asset, FOR_EVER if lasting else CHECKED)


def _answer(request: HttpRequest, asset: Asset, caching: str) -> HttpResponse:
    if asset.tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        body = asset.compressed if packed and asset.compressed else asset.content
        response = HttpResponse(body, content_type=asset.kind)
        response["Content-Length"] = str(len(body))
        if body is asset.compressed:
            response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = caching
    response["ETag"] = asset.tag
    response["Vary"] = "Accept-Encoding"
    response["X-Content-Type-Options"] = "nosniff"
    return response
