"""The HTML of a reply cut where its words are cut, with the help of what programs mark.

It is done before the HTML is made harmless, because that takes the marks away.
"""

import contextlib
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from ansvar.conversations.parsing.quoting import Extent, extent_of
from ansvar.conversations.parsing.quoting.attribution import Opening

LONGEST_HTML = 2_000_000
"""Characters; longer HTML is left whole, and cut off where it is made harmless."""
MOST_TAGS = 100_000
"""The same of HTML with more tags; real mails have some thousand."""
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a picture among the words: an answer may be nothing else."""

_CUT = "ansvar-cut"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_SILENT = {"script", "style", "title", "head", "template", "noscript", "xml"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"}
_RULE = "_" * 20

# Of these everything inside is an earlier mail; behind them the answer may go on.
_QUOTED_CLASSES = {"yahoo_quoted", "zmail_extra", "lexxmsg", "tutanota_quote", "mailru-quote"}
_QUOTED_IDS = {"olk_src_body_section", "yahoo_quoted"}
# In these an introduction and a quotation stand, and perhaps answers between.
_AROUND_CLASSES = {
    "gmail_quote", "gmail_quote_container", "protonmail_quote", "moz-cite-prefix", "gmail_attr",
    "moz-email-headers-table",
}  # fmt: skip
# From these to the end everything is an earlier mail.
_FROM_HERE_IDS = {
    "appendonsend", "divrplyfwdmsg", "stopspelling", "zwchr", "replysplit", "reply-intro",
    "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message",
    "isforwardcontent", "originalmail",
}  # fmt: skip
_FORWARD_CLASSES = {"moz-forward-container"}
_SIGNATURE_CLASSES = {"gmail_signature", "moz-signature", "protonmail_signature_block-user"}
_OUTLOOK_BORDER = re.compile(
    r"border-top\s*:\s*solid\s+#(?:B5C4DF|E1E1E1)\s+1\.0pt|border-top\s*:\s*1\.?0?p[tx]\s+solid\s+"
    r"(?:#(?:B5C4DF|E1E1E1)|rgb\(\s*(?:181,\s*196,\s*223|225,\s*225,\s*225)\s*\))",
    re.IGNORECASE,
)
_BAR = re.compile(
    r"border-left\s*:[^;]*(?:solid|px|pt)|border-left-style\s*:\s*solid", re.IGNORECASE
)
_INDENT = re.compile(r"border\s*:\s*(?:none|0)|border-left\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class HtmlParts:
    """The HTML of a reply in two; each is HTML of its own."""

    new: str
    folded: str = ""


@dataclass
class _Line:
    """A line as it is seen, and where it begins in the tree."""

    words: list[str] = field(default_factory=list)
    node: etree._Element | None = None
    place: str = "before"
    """Of the node: before it, in its text, or in the text behind it."""
    offset: int = 0
    is_quoted: bool = False

    @property
    def text(self) -> str:
        said = " ".join("".join(self.words).replace("\xa0", " ").split())
        return f"> {said}" if self.is_quoted and said else said


def split_html(source: str, *, author: str = "") -> HtmlParts:
    """Return the new part of a mail's HTML, and its signature with what it quotes.

    HTML that cannot be cut without breaking a table, or at all, stays whole.
    """
    root = _tree(source)
    if root is None:
        return HtmlParts(new=source)
    seen = _Seen(root)
    extent = extent_of([line.text for line in seen.lines], author=author, known=seen.openings)
    points = _points(seen.lines, extent)
    if not points or any(_breaks_table(line) for line in points):
        return HtmlParts(new=source)
    for number, line in enumerate(points):
        _mark(line, f"{_CUT}-{number}")
    pieces = _pieces(root, len(points))
    kept = 1 if extent.begin else 0
    folded = "".join(piece for number, piece in enumerate(pieces) if number != kept)
    return HtmlParts(new=pieces[kept], folded=folded)


def _tree(source: str) -> etree._Element | None:
    source = _DECLARATION.sub("", source.replace("\x00", ""))
    if not source.strip() or len(source) > LONGEST_HTML or source.count("<") > MOST_TAGS:
        return None
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    with contextlib.suppress(Exception):  # libxml refuses some; they stay whole
        root = lxml_html.document_fromstring(source, parser=parser)
        # Where the parser gives up, words would be lost without a sign.
        if not any("xcessive depth" in error.message for error in parser.error_log):
            return root
    return None


class _Seen:
    """The lines of a tree as a reader sees them, and the openings that its marks show."""

    def __init__(self, root: etree._Element) -> None:
        self.lines: list[_Line] = [_Line()]
        self.openings: dict[int, Opening] = {}
        self._quoting: list[etree._Element] = []
        self._silent: etree._Element | None = None
        self._preformatted = 0
        for event, node in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self._enter(node)
            else:
                self._leave(node)

    def _enter(self, node: etree._Element) -> None:
        if self._silent is not None:
            return
        tag = str(node.tag).lower()
        if tag in _SILENT:
            self._silent = node
            return
        if tag in _BLOCKS or tag == "br":
            self._break(tag)
        if tag == "pre":
            self._preformatted += 1
        if _is_quotation(node) or (tag == "blockquote" and self._is_introduced(node)):
            self._break("p")
            self._quoting.append(node)
        self._note(node)
        if tag == "hr":
            self._say(_RULE, node, "before")
            self._break(tag)
        elif tag == "img" and not _is_pixel(node):
            self._say(PICTURE, node, "before")
        self._say(node.text or "", node, "text")

    def _leave(self, node: etree._Element) -> None:
        tag = str(node.tag).lower()
        if self._silent is not None:
            if self._silent is not node:
                return
            self._silent = None
        elif tag in _BLOCKS:
            self._break(tag)
        if tag == "pre" and self._preformatted:
            self._preformatted -= 1
        if self._quoting and self._quoting[-1] is node:
            self._quoting.pop()
            self._break("p")
        if tag != "html":
            self._say(node.tail or "", node, "tail")

    def _break(self, tag: str) -> None:
        last = self.lines[-1]
        if last.words or tag == "br":
            self.lines.append(_Line(is_quoted=bool(self._quoting)))
        if tag in _PARAGRAPHS and len(self.lines) > 1 and self.lines[-2].text:
            self.lines.append(_Line(is_quoted=bool(self._quoting)))

    def _say(self, words: str, node: etree._Element, place: str) -> None:
        pieces = words.split("\n") if self._preformatted else [words]
        offset = 0
        for number, piece in enumerate(pieces):
            if number:
                self.lines.append(_Line())
            if piece.strip() or (piece and self.lines[-1].words):
                line = self.lines[-1]
                if line.node is None:
                    line.node, line.place, line.offset = node, place, offset
                    line.is_quoted = bool(self._quoting)
                line.words.append(piece)
            offset += len(piece) + 1

    def _note(self, node: etree._Element) -> None:
        at = len(self.lines) - 1
        if self.lines[at].words:
            at += 1
        names = set((node.get("class") or "").lower().split())
        known = (node.get("id") or "").lower().removeprefix("x_").removeprefix("x_")
        if names & _FORWARD_CLASSES:
            self.openings.setdefault(at, Opening(begin=at, end=at, is_forward=True))
        elif known in _FROM_HERE_IDS or _OUTLOOK_BORDER.search(node.get("style") or ""):
            self.openings.setdefault(at, Opening(begin=at, end=at, is_block=True))
        elif names & (_AROUND_CLASSES | _QUOTED_CLASSES) or known in _QUOTED_IDS:
            self.openings.setdefault(at, Opening(begin=at, end=at))

    def _is_introduced(self, node: etree._Element) -> bool:
        """Tell whether a line before a quotation names who is quoted."""
        if _INDENT.search(node.get("style") or ""):
            return False
        before = [line.text for line in self.lines[-8:] if line.words][-4:]
        if not before:
            return False
        extent = extent_of(["…", "", *before, "> …"])
        return extent.signature_end < len(before) + 2


def _is_quotation(node: etree._Element) -> bool:
    names = set((node.get("class") or "").lower().split())
    if names & _QUOTED_CLASSES or (node.get("id") or "").lower() in _QUOTED_IDS:
        return True
    if any(name.endswith("yahoo_quoted") for name in names):
        return True
    if str(node.tag).lower() != "blockquote":
        return False
    style = node.get("style") or ""
    if (node.get("type") or "").lower() == "cite" or node.get("cite") or "gmail_quote" in names:
        return True
    return bool(_BAR.search(style)) and not _INDENT.search(style)


def _is_pixel(node: etree._Element) -> bool:
    return {node.get("width"), node.get("height")} <= {"0", "1", "0px", "1px"}


def _points(lines: list[_Line], extent: Extent) -> list[_Line]:
    """Return the lines before which to cut: where the new part begins, and where it ends."""
    points = []
    for at in (extent.begin, extent.end):
        if not 0 < at < len(lines):
            continue
        line = next((line for line in lines[at:] if line.node is not None), None)
        if line is not None:
            points.append(line)
    return points


def _breaks_table(line: _Line) -> bool:
    """Tell whether a cut would leave cells of one row on both its sides."""
    inner = line.node
    node = inner.getparent() if inner is not None else None
    while node is not None:
        if str(node.tag).lower() == "tr" and any(
            cell is not inner and _says(cell) for cell in node
        ):
            return True
        inner, node = node, node.getparent()
    return False


def _mark(line: _Line, name: str) -> None:
    """Put an element where a line begins."""
    node = line.node
    if node is None:
        return
    mark = etree.Element(name)
    if line.place == "text":
        words = node.text or ""
        node.text, mark.tail = words[: line.offset], words[line.offset :]
        node.insert(0, mark)
        return
    if line.place == "tail":
        words = node.tail or ""
        node.tail, mark.tail = words[: line.offset], words[line.offset :]
        node.addnext(mark)
        return
    node.addprevious(mark)


def _pieces(root: etree._Element, marks: int) -> list[str]:
    """Return what lies between the marks, each piece with the elements that it stands in."""
    pieces = []
    for number in range(marks + 1):
        copy = deepcopy(root)
        begin = copy.find(f".//{_CUT}-{number - 1}") if number else None
        end = copy.find(f".//{_CUT}-{number}") if number < marks else None
        if begin is not None:
            _drop_before(begin)
        if end is not None:
            _drop_after(end)
        pieces.append(_written(copy))
    return pieces


def _drop_before(mark: etree._Element) -> None:
    node = mark
    while (parent := node.getparent()) is not None:
        for sibling in list(node.itersiblings(preceding=True)):
            if str(sibling.tag).lower() != "head":
                parent.remove(sibling)
        parent.text = None
        node = parent


def _drop_after(mark: etree._Element) -> None:
    node, says = mark, False
    while (parent := node.getparent()) is not None:
        for sibling in list(node.itersiblings()):
            parent.remove(sibling)
        node.tail = None
        if not says and str(node.tag).lower() != "body":
            # What would only hold the cut goes with it, such as the rule above an earlier mail.
            parent.remove(node)
            says = bool((parent.text or "").strip()) or any(
                (child.tail or "").strip() or _says(child) for child in parent
            )
        node = parent
    for body in node.iter("body"):
        _prune_end(body)


def _says(node: etree._Element) -> bool:
    """Tell whether there is anything to be seen in an element."""
    if any(words.strip() for words in node.itertext()):
        return True
    return any(str(one.tag).lower() == "img" for one in node.iter())


def _prune_end(body: etree._Element) -> None:
    """Take away the empty lines and rules with which a piece ends."""
    node = body
    while len(node) and not (node[-1].tail or "").strip():
        last = node[-1]
        if str(last.tag).lower() == "img" or _has_words_at_end(last):
            return
        if len(last):
            node = last
            continue
        node.remove(last)
        while not len(node) and not (node.text or "").strip() and node is not body:
            parent = node.getparent()
            if parent is None or (node.tail or "").strip():
                return
            parent.remove(node)
            node = parent


def _has_words_at_end(node: etree._Element) -> bool:
    return not len(node) and bool((node.text or "").strip())


def _written(root: etree._Element) -> str:
    for number in range(2):
        for mark in list(root.iter(f"{_CUT}-{number}")):
            mark.drop_tag()
    body = root.find("body")
    if body is None:
        return str(etree.tostring(root, encoding="unicode", method="html"))
    return "".join(_inside(body))


def _inside(body: etree._Element) -> Iterator[str]:
    yield body.text or ""
    for child in body:
        yield etree.tostring(child, encoding="unicode", method="html")
