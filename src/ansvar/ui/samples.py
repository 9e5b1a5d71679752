"""Made-up values for the style guide. Nothing else may use them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from django.http import HttpRequest
from django.utils import timezone

from ansvar.ui.shell import Link, Shell


def shell(request: HttpRequest, pages: Sequence[Link], name: str = "") -> Shell:
    """Return the frame of an agent, or of a requester on the portal's pages."""
    theme = cast("Literal['', 'light', 'dark']", request.GET.get("theme", ""))
    if name.startswith("portal"):
        return Shell(
            person="Anna Lindqvist",
            theme=theme,
            home_url="/ui/portal-home/",
            views=[
                Link(label="Help", href="/ui/portal-home/", current=name == "portal-home"),
                Link(label="My tickets", href="/ui/portal-ticket/", current="ticket" in name),
                Link(label="What works now", href="#"),
            ],
            foot=[
                Link(label="Accessibility", href="#"),
                Link(label="Who sees my tickets?", href="#"),
            ],
            foot_text="Ansvar for Lindens Apotek · IT, HR and Facilities",
            preferences_url="#",
            log_out_url="#",
        )
    return Shell(
        person="Lena Sandberg",
        theme=theme,
        home_url="/ui/",
        desk="IT desk",
        desks=[
            Link(label="IT desk", href="#", current=True),
            Link(label="HR desk", href="#", icon="users"),
        ],
        views=_views(),
        shared_views=[
            Link(label="Opening before 8", href="#", icon="building-store", count=3),
            Link(label="Cashier, all sites", href="#", icon="report-money", count=5),
            Link(label="Label printing", href="#", icon="printer", count=4),
        ],
        pages=pages,
        search_url="#",
        new_url="#",
        preferences_url="#",
        log_out_url="#",
    )


def _views() -> list[Link]:
    return [
        Link(label="Needs you", href="#", icon="inbox", count=6, current=True, tone="amber"),
        Link(label="My tickets", href="#", icon="user", count=11),
        Link(label="My team", href="#", icon="users", count=37),
        Link(label="In others’ hands", href="#", icon="arrows-exchange", count=6),
        Link(label="Update due", href="#", icon="mail-exclamation", count=2),
        Link(label="Stuck", href="#", icon="anchor", count=2),
        Link(label="Waiting", href="#", icon="clock-pause", count=9),
    ]


# One line a row; the columns are named below.
_ROWS = """\
IT-1042|1|Cashier cannot sell|Sara Lind · Wrangel +13|POS dev|Ivanov||18 min|amber|2:10|52||u
IT-1047|1|No data network since 14:05|Omar Aziz · Harbour 3|Network||alarm|6 min|amber|3:21|22||u
IT-1039|2|Label printer jams on every roll|Ida Berg · Linden Park|Desk|me||||0:38|88|amber|u
IT-1036|2|Prescription screen freezes at login|Pia Holm · Northgate|Desk|me||||0:12 late|100|red|
IT-1031|3|New joiner 1 Dec, laptop|Jonas Falk · Head office|Desk|me||1 h|muted|new reply||muted|u
IT-1028|3|Card reader asks for PIN twice|Eva Nyman · Station Sq|Desk||bounced|||5:40|46||
IT-1046|2|Till 2 drops the customer display|Maria Ek · Wrangel|Desk|||||3:52|6||u
IT-1044|2|Labels print without dosage line|Karl Ström · Cathedral|Desk|||||3:30|14||
IT-1045|3|Shared mailbox for vaccination week|Nina Dahl · Head office|Desk|||||1 d 2 h|12||
IT-1043|3|Workstation 4 very slow after update|Ali Rahimi · Eastgate|Desk|Berglund||||7:05|20||
IT-1041|3|Cannot open stock count from phone|Tove Lund · Mill Lane|Desk|Berglund||||6:48|24||
IT-1040|3|Barcode scanner beeps but no item|Hugo Sand · Linden Park|Desk|||||6:10|31||
IT-1038|4|Which printer for A5 leaflets?|Vera Öberg · Harbour 3|Desk|||||2 d|8||
IT-1037|4|Access to rota for two substitutes|Leo Wik · Northgate|Desk|Costa||||2 d 3 h|35||
IT-1035|4|Second screen for the back office|Asta Roos · Station Sq|Desk|||||4 d|18||
IT-1034|3|E-prescription signature expired|Dr. Per Alm · Cathedral|Sysadmin|Kim||||waiting||muted|
IT-1033|4|Headset crackles on calls|Rut Hall · Service centre|Desk|Costa||||3 d|28||
IT-1030|5|Idea: print shelf labels at night|Ola Fors · Wrangel|Desk|||||9 d|9||
IT-1027||Toner for the ward printers, monthly|Mona Elg · Eastgate|Desk|||||12 d|4||
IT-1026|4|Old scanner to be taken away|Stig Lo · Mill Lane|Desk|||||14 d|3||
IT-1022|5|Dark mode for the stock screen|Liv Aas · Harbour 3|Desk|||||21 d|2||"""
_COLUMNS = (
    "reference",
    "level",
    "subject",
    "about",
    "team",
    "who",
    "how",
    "news",
    "update_tone",
    "clock",
    "percent",
    "clock_tone",
    "unread",
)


def _rows() -> list[dict[str, Any]]:
    rows = [dict(zip(_COLUMNS, line.split("|"), strict=True)) for line in _ROWS.splitlines()]
    return [
        {
            **row,
            "level": int(row["level"]) if row["level"] else None,
            "percent": int(row["percent"]) if row["percent"] else None,
        }
        for row in rows
    ]


SPELLS = [
    {"holder": holder, "duration": duration, "seconds": seconds, "bounce": bounce, "now": now}
    for holder, duration, seconds, bounce, now in (
        ("Desk", "4 min", 240, False, False),
        ("POS dev", "1 h 10 min", 4200, False, False),
        ("Sysadmin", "35 min", 2300, False, False),
        ("POS dev", "20 min", 2400, True, True),
    )
]


def _part(holder: str, minutes: int, **more: Any) -> dict[str, Any]:
    usual = {"kind": "team", "is_counted": True, "is_over": False, "is_now": False}
    return {**usual, "holder": holder, "spent": f"{minutes} min", "seconds": minutes * 60, **more}


def _clocks(now: datetime) -> list[dict[str, Any]]:
    """Return one clock of each standing."""
    held = [_part("Desk", 4), _part("Mikael Ivanov", 70, kind="person")]
    wait = _part("the requester", 19, kind="requester", is_counted=False)
    left = _part("left", 130, kind="left", is_counted=False)
    usual: dict[str, Any] = {"tone": "", "due_at": None}
    return [
        {**usual, "title": "Solution", "standing": "counting", "words": "2 h 10 min of 4 h left",
         "due_at": now + timedelta(minutes=130),
         "parts": [*held, wait, _part("Viktor Kim", 35, kind="person", is_now=True), left]},
        {**usual, "title": "Next update", "standing": "counting", "tone": "amber",
         "words": "5 min of 30 min left", "due_at": now + timedelta(minutes=5),
         "parts": [_part("Viktor Kim", 25, kind="person", is_now=True),
                   _part("left", 5, kind="left", is_counted=False)]},
        {**usual, "title": "Time in the team POS dev", "standing": "late", "tone": "red",
         "words": "20 min over 1 h", "due_at": now - timedelta(minutes=20),
         "parts": [_part("POS dev", 60), _part("POS dev", 20, is_over=True, is_now=True)]},
        {**usual, "title": "Waiting for TillWare AB", "standing": "paused",
         "words": "3 h left, it waits for the requester",
         "parts": [_part("TillWare AB", 60, kind="supplier"), {**wait, "is_now": True},
                   _part("left", 180, kind="left", is_counted=False)]},
        {**usual, "title": "Reaction", "standing": "met", "words": "4 min of 5 min",
         "parts": held[:1]},
    ]  # fmt: skip


def context() -> dict[str, Any]:
    """Return the values the guide and the sample pages draw."""
    now = timezone.now()
    minute = timedelta(minutes=1)
    rows = _rows()
    return {
        "now": now,
        "before": {n: now - n * minute for n in (4, 12, 20, 57, 129, 200, 1500, 4000)},
        "rows": rows[:6],
        "more_rows": rows[6:],
        "spells": SPELLS,
        "clocks": _clocks(now),
        "matrix_rows": [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 5], [4, 5, 5, 5]],
        "tabs": [
            ("reply", "Reply", "message", "r"),
            ("note", "Note", "note", "n"),
            ("inform", "Inform", "speakerphone", "i"),
        ],
        "also_open": [
            {
                "href": "#",
                "title": "Till 2 drops the customer display",
                "detail": "IT-1046 · Desk, unassigned · today",
                "priority": 2,
            },
            {
                "href": "#",
                "title": "Idea: print shelf labels at night",
                "detail": "IT-1030 · from a colleague at her site",
                "priority": 5,
            },
        ],
        "knowledge": [
            {
                "href": "#",
                "title": "Clear a pinned certificate on tills",
                "detail": "Solution · validated · ended 3 of 3 similar tickets",
                "icon": "book",
            },
            {
                "href": "#",
                "title": "Selling by hand, what to write down",
                "detail": "How-to · can be sent to the requester",
                "icon": "book",
            },
        ],
        "files": [{"name": "label.jpg", "size": 1_258_291, "href": "#", "image": True}],
    }
