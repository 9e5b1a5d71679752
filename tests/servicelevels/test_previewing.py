from datetime import UTC, datetime, timedelta

from ansvar.people.decisions import calendar_from
from ansvar.servicelevels.decisions.choosing import Book, Verdict, Version
from ansvar.servicelevels.decisions.hours import Hours
from ansvar.servicelevels.decisions.previewing import Matter, preview_of, with_draft
from ansvar.servicelevels.decisions.story import Traits
from ansvar.servicelevels.decisions.terms import LevelKind, Measure, Row, Scope, Target, Terms

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = calendar_from(
    name="Office", timezone="UTC", hours={str(n): [["08:00", "17:00"]] for n in range(5)}
)
NEVER = calendar_from(name="Never", timezone="UTC", hours={})


def version(number: int, kind: LevelKind, *, services: tuple[int, ...] = (), **minutes: int):
    return Version(
        id=number,
        level_id=number,
        level=f"Level {number}",
        kind=kind,
        desk_id=1,
        position=number,
        number=1,
        valid_from=MONDAY - timedelta(days=30),
        terms=Terms(
            scope=Scope(services=frozenset(services)),
            rows=(Row(targets={Measure(n): Target(minutes=m) for n, m in minutes.items()}),),
        ),
    )


def a_book(*versions: Version, calendar=OFFICE) -> Book:
    return Book(
        versions=versions,
        calendars={1: Hours(((None, calendar),))},
        desk_calendars={1: ((None, 1),)},
    )


def matter(**more) -> Matter:
    return Matter(**{"desk_id": 1, "at": MONDAY, "traits": Traits(service_id=7), **more})


def promised(book: Book, asked: Matter) -> dict[str, tuple[int, datetime | None]]:
    return {
        promise.measure: (promise.rule.version.id, promise.due_at)
        for promise in preview_of(book, asked).promises
    }


def test_a_preview_names_the_level_and_the_due_time_of_each_measure():
    book = a_book(
        version(1, LevelKind.SLA, reaction=60, resolution=540, update=120),
        version(2, LevelKind.CARE, acknowledge=30, update=240),
    )
    assert promised(book, matter()) == {
        "reaction": (1, MONDAY + timedelta(hours=1)),
        "resolution": (1, MONDAY + timedelta(days=1)),
        # What was agreed with the customer comes before what holds for everybody, and is told once.
        "update": (1, MONDAY + timedelta(hours=2)),
        "acknowledge": (2, MONDAY + timedelta(minutes=30)),
    }


def test_teams_and_suppliers_are_asked_for_only_when_named():
    book = a_book(version(1, LevelKind.OLA, hold=60), version(2, LevelKind.UC, supplier=60))
    assert promised(book, matter()) == {}
    assert set(promised(book, matter(team_id=3, supplier_id=4))) == {"hold", "supplier"}


def test_a_preview_tells_of_each_level_why_it_applies_or_not():
    book = a_book(
        version(1, LevelKind.SLA, services=(8,), resolution=60),
        version(2, LevelKind.SLA, services=(7,), resolution=60),
        version(3, LevelKind.SLA, resolution=60),
    )
    considered = preview_of(book, matter()).choices[LevelKind.SLA].considered
    assert [(one.id, why) for one, why in considered] == [
        (1, Verdict.OTHER_SERVICE),
        (2, Verdict.APPLIES),
        (3, Verdict.LATER),
    ]


def test_a_calendar_without_hours_gives_no_due_time():
    book = a_book(version(1, LevelKind.SLA, resolution=60), calendar=NEVER)
    assert promised(book, matter()) == {"resolution": (1, None)}


def test_a_draft_is_seen_as_if_it_were_in_force_and_in_its_place_in_the_order():
    general = version(1, LevelKind.SLA, resolution=60)
    draft = Version(**{
        **vars(version(2, LevelKind.SLA, services=(7,), resolution=30)), "valid_from": MONDAY,
    })  # fmt: skip
    before = a_book(general)
    after = with_draft(before, draft)
    assert promised(after, matter())["resolution"][0] == 2
    assert promised(before, matter())["resolution"][0] == 1
    assert [one.position for one in after.versions] == [0, 1]


def test_a_draft_of_a_level_in_force_takes_the_place_of_its_version():
    present = version(1, LevelKind.SLA, resolution=60)
    draft = Version(**{
        **vars(version(1, LevelKind.SLA, resolution=30)), "number": 2, "valid_from": MONDAY,
    })  # fmt: skip
    after = with_draft(a_book(present), draft)
    assert promised(after, matter())["resolution"][1] == MONDAY + timedelta(minutes=30)
    earlier = matter(at=MONDAY - timedelta(days=7))
    assert promised(after, earlier)["resolution"][1] == earlier.at + timedelta(hours=1)
