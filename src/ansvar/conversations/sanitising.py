"""HTML of mails made harmless, put into words, and put into a page of its own."""

import contextlib
import re

import inscriptis
import nh3
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

LONGEST_HTML = 2_000_000
REMOTE = "data-remote"
"""Attribute that keeps the address of a picture from elsewhere, where nothing fetches it."""
_PICTURE_SCHEME = "cid:"
_REMOTE_SCHEMES = ("https://", "http://")
# As nh3 writes them: every value quoted, and no quotation mark inside.
_PICTURE = re.compile(r'<img((?: [a-z-]{1,30}="[^"]*")*)>')
_REMOTE_SOURCE = re.compile(r' src="(https?://[^"]*)"', re.IGNORECASE)
_PIXEL = re.compile(
    r' (?:width|height)="[01](?:px)?"|[" ;](?:max-)?(?:width|height):\s*[01](?:px)?\s*[;"]',
    re.IGNORECASE,
)

_TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "font",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "valign", "dir", "lang", "title", "bgcolor", "width", "height", "style"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "table": {"border", "cellpadding", "cellspacing"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
}
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-left",
    "border-right", "border-top", "color", "direction", "font-family", "font-size", "font-style",
    "font-weight", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left",
    "margin-right", "margin-top", "max-width", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "vertical-align", "white-space", "width",
}  # fmt: skip


def sanitised(html: str) -> str:
    """Return what is harmless of *html*: no script, no form, nothing that is fetched.

    Pictures that came with the mail keep their `cid:` address until the page is made. Of those
    elsewhere the address is kept aside; pixels that only tell who reads are taken out.
    """
    clean = nh3.clean(
        html[:LONGEST_HTML],
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "noscript", "template"},
        attributes=_ATTRIBUTES,
        attribute_filter=_harmless,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return _PICTURE.sub(_put_aside, clean)


def _put_aside(picture: re.Match[str]) -> str:
    said = picture[1]
    if not _REMOTE_SOURCE.search(said):
        return picture[0]
    if _PIXEL.search(said):
        return ""
    return f"<img{_REMOTE_SOURCE.sub(_as_remote, said)}>"


def _as_remote(source: re.Match[str]) -> str:
    return f' {REMOTE}="{source[1]}"'


def text_from_html(html: str) -> str:
    """Return the words of *html* with its lines and lists, however broken it is."""
    html = html[:LONGEST_HTML].replace("\x00", "")
    with contextlib.suppress(Exception):  # libxml refuses some; then the tags are merely removed
        config = ParserConfig(css=CSS_PROFILES["strict"], display_links=False)
        words = inscriptis.get_text(html, config)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in words.split("\n")))
    broken = re.sub(r"(?i)<(?:br|/p|/div|/li|/tr)\b[^>]{0,200}>", "\n", html)
    return nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "title"})


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith((_PICTURE_SCHEME, *_REMOTE_SCHEMES)) else None
    if tag == "a" and attribute == "href":
        return None if value.lower().startswith(_PICTURE_SCHEME) else value
    if attribute == "style" and ("url" in value.lower() or "\\" in value):
        return None
    return value
