"""What the frame around a page shows; entry points fill it, `ui` only draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Link:
    """A place to go: a view, a page, a desk."""

    label: str
    href: str
    icon: str = ""
    # A number, or a text such as "99+".
    count: int | str | None = None
    current: bool = False
    # "amber" when somebody must act on what is counted.
    tone: Literal["", "amber", "red"] = ""
    # A single letter that goes there.
    key: str = ""
    # Marks the language of a link to another language.
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What everybody at a desk has to know now, above every page."""

    text: str
    tone: Literal["", "amber", "red"] = "amber"
    # Where it is mended, for who can.
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The frame's contents for one reader; empty fields leave their part out."""

    person: str = ""
    language: str = "en"
    # Empty follows the system.
    theme: Literal["", "light", "dark"] = ""
    density: Literal["", "comfortable", "compact"] = ""
    # Whether single letters act (WCAG 2.1.4).
    single_keys: bool = True
    home_url: str = "/"
    desk: str = ""
    desks: Sequence[Link] = ()
    # Left column of the workbench, header of the portal.
    views: Sequence[Link] = ()
    shared_views: Sequence[Link] = ()
    # Menu behind the picture, and "go to" in the command palette.
    pages: Sequence[Link] = ()
    foot: Sequence[Link] = ()
    foot_text: str = ""
    search_url: str = ""
    palette_url: str = ""
    new_url: str = ""
    live_url: str = ""
    # The bell: where it leads, how many notices were not seen ("99+"), the latest of them, and
    # where the bell is asked for anew.
    bell_url: str = ""
    bell_count: int | str = 0
    bell_latest: int = 0
    bell_part_url: str = ""
    notices: Sequence[Notice] = ()
    preferences_url: str = ""
    log_out_url: str = ""
