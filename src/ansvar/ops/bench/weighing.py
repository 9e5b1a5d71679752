"""What a browser fetches for a first look at a page, as its bytes come over the wire."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from typing_extensions import override

from ansvar.ops.bench.figures import Scenario
from ansvar.ops.bench.parts import HOST
from ansvar.ops.bench.visiting import Visitor

_FETCHED = frozenset({"stylesheet", "preload", "modulepreload", "icon", "manifest"})
_IMPORTED = re.compile(r"""(?:\bfrom|^\s*import|@import)\s*\(?["']([^"']+)["']""", re.MULTILINE)
_IN_STYLE = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
_FONTS = (".woff2", ".woff", ".ttf")


class References(HTMLParser):
    """Collects the addresses that a page has a browser fetch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        # Only modern browsers count: of several icons they fetch the one named first.
        is_link = tag == "link" and said.get("rel", "") in _FETCHED
        if is_link or tag == "use":
            self._keep(said.get("href", ""))
        elif tag in {"script", "img", "iframe", "source"}:
            self._keep(said.get("src", ""))

    def _keep(self, address: str) -> None:
        address = address.partition("#")[0]
        if address and not address.startswith("data:"):
            self.found[address] = None


def referred_by(path: str, kind: str, text: str) -> list[str]:
    """Return what a browser fetches because of a resource; fonts only when the page wants them."""
    if "html" in kind:
        page = References()
        page.feed(text)
        return list(page.found)
    if "javascript" in kind:
        return [urljoin(path, one) for one in _IMPORTED.findall(text) if one.startswith(".")]
    if "css" in kind:
        found = [*_IMPORTED.findall(text), *_IN_STYLE.findall(text)]
        wanted = [one for one in found if not one.startswith(("data:", "#"))]
        return [urljoin(path, one) for one in wanted if not one.partition("?")[0].endswith(_FONTS)]
    return []


def weighed(path: str, visitor: Visitor, *, name: str, words: str) -> Scenario:
    """Fetch a page with everything it needs, and return what came over the wire."""
    waiting, weights, elsewhere, failures = [path], {}, [], []
    while waiting:
        address = waiting.pop(0)
        if address in weights:
            continue
        if urlsplit(address).hostname not in {None, HOST}:
            elsewhere.append(f"asks another host: {address}")
            continue
        answer = visitor.get(address)
        weights[address] = len(answer.body)
        if answer.status != 200:  # noqa: PLR2004  # HTTP's own number
            failures.append(f"{address} answers {answer.status}")
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/") or "javascript" in kind:
            waiting += referred_by(address, kind, answer.text)
    values: dict[str, Any] = {"kilobytes": sum(weights.values()) / 1000}
    heaviest = sorted(weights.items(), key=lambda pair: -pair[1])[:5]
    notes = [f"{len(weights)} resources"]
    notes += [f"{address}: {size / 1000:.1f} kB" for address, size in heaviest]
    return Scenario(
        name=name,
        words=words,
        times=1,
        values=values,
        notes=notes,
        failures=[*elsewhere, *failures],
    )
