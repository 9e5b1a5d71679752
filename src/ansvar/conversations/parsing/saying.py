"""What a mail's texts say: new words, repeated words, and the HTML of both."""

from dataclasses import dataclass

from ansvar.conversations.parsing.headers import clean
from ansvar.conversations.parsing.html_quoting import HtmlParts, split_html
from ansvar.conversations.parsing.quoting import ReplyParts, reply_parts
from ansvar.conversations.sanitising import sanitised, text_from_html


@dataclass(frozen=True, kw_only=True)
class Said:
    """The words of a mail, and its HTML when it has some."""

    text: str
    """All words, the quoted ones too."""
    parts: ReplyParts
    html: str = ""
    """Of the new part, sanitised; pictures inside it are named by `cid:`."""
    quoted_html: str = ""
    """Of the signature and what is quoted, sanitised."""


def said_in(plain: str, html: str, *, author: str = "", is_forwarded: bool = False) -> Said:
    """Read the texts of a mail: the plain one, or the words of the HTML without one.

    A mail that its sender only passes on stays whole.
    """
    if is_forwarded:
        text = plain.strip() or _words_of(html)
        return Said(text=text, parts=ReplyParts(shown=text, own=text), html=_harmless(html))
    cut = split_html(html, author=author) if html.strip() else HtmlParts(new="")
    words = plain.strip()
    parts = reply_parts(words, author=author) if words else _parts_of(cut, author)
    return Said(
        text=words or _words_of(html),
        parts=parts,
        html=_harmless(cut.new),
        quoted_html=_harmless(cut.folded),
    )


def _parts_of(cut: HtmlParts, author: str) -> ReplyParts:
    """Return the parts of a mail that has words in its HTML only."""
    new = _words_of(cut.new)
    if not cut.folded:
        # What the tree did not show, the words alone may.
        return reply_parts(new, author=author)
    return ReplyParts(shown=new, own=new, quotation=_words_of(cut.folded))


def _words_of(html: str) -> str:
    return clean(text_from_html(html)).strip() if html.strip() else ""


def _harmless(html: str) -> str:
    return sanitised(html) if html.strip() else ""
