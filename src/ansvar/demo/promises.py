"""What was promised about the company's services, and by whom: agreements as they come to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ansvar.demo.founding import MAKER, Company
from ansvar.insight.commands import choose_shown_promises, recompute_promises
from ansvar.kernel import clock
from ansvar.people.commands import create_organisation
from ansvar.servicelevels.commands import (
    create_level,
    publish_level,
    save_draft,
    sign_level,
)
from ansvar.servicelevels.commands.levels import Signatory
from ansvar.servicelevels.decisions.terms import (
    Action,
    Addressee,
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)

HOUR: Final = 60
DAY: Final = 8 * HOUR
"""Minutes of a day at the offices."""
SHOWN: Final = ("Cash desk", "Label printing", "Workplace", "Data network")
"""Services whose promises requesters may read."""
REVIEWED_AFTER: Final = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One agreement: whom it is with, for what, and its figures by priority."""

    kind: LevelKind
    name: str
    party: str
    desk: str = "IT"
    figures: Mapping[tuple[int, ...], Mapping[Measure, int]]
    """Priorities to minutes; no priority stands for all others."""
    objective: float
    origin: Origin
    note: str
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    at_site: bool = False
    pauses: frozenset[str] = frozenset({"waiting:requester", "waiting:date"})
    steps: tuple[Step, ...] = ()
    words: str = ""


_WARN: Final = (
    Step(key="ahead", measures=frozenset({Measure.RESOLUTION}), percent=75),
    Step(key="over", percent=100, action=Action.NOTIFY, to=Addressee.LEAD),
    Step(
        key="far-over",
        measures=frozenset({Measure.RESOLUTION}),
        percent=150,
        action=Action.NOTIFY,
        to=Addressee.SERVICE_OWNER,
    ),
)


def _both(reaction: int, resolution: int) -> dict[Measure, int]:
    return {Measure.REACTION: reaction, Measure.RESOLUTION: resolution}


PROMISES: Final = (
    Promise(
        kind=LevelKind.SLA,
        name="At the counter",
        party="Region managers of the pharmacies",
        figures={
            (1,): _both(30, DAY),
            (2,): _both(HOUR, DAY),
            (3,): _both(2 * HOUR, 3 * DAY),
            (): _both(4 * HOUR, 10 * DAY),
        },
        objective=90,
        origin=Origin.AGREED,
        note="Agreed after the winter in which eleven pharmacies stood still",
        services=("Cash desk", "E-prescription", "Label printing", "Price service"),
        at_site=True,
        steps=_WARN,
        words="Counted while the pharmacy is open. A pharmacy that cannot sell calls; it does not"
        " write.",
    ),
    Promise(
        kind=LevelKind.SLA,
        name="Everything else from IT",
        party="Head office functions",
        figures={
            (1,): _both(30, DAY),
            (2,): _both(HOUR, 2 * DAY),
            (3,): _both(4 * HOUR, 5 * DAY),
            (): _both(DAY, 10 * DAY),
        },
        objective=85,
        origin=Origin.ASSUMED,
        note="Nobody was asked yet; taken from what the desk kept last year",
        steps=_WARN,
    ),
    Promise(
        kind=LevelKind.SLA,
        name="Personnel matters",
        party="All employees",
        desk="HR",
        figures={(): _both(DAY, 5 * DAY)},
        objective=90,
        origin=Origin.ASKED,
        note="Asked for in the staff survey",
        steps=_WARN[:2],
    ),
    Promise(
        kind=LevelKind.OLA,
        name="Second and third line",
        party="Heads of the IT teams",
        figures={
            (1,): {Measure.HOLD: 4 * HOUR},
            (2,): {Measure.HOLD: DAY},
            (): {Measure.HOLD: 4 * DAY},
        },
        objective=80,
        origin=Origin.AGREED,
        note="Half of what the pharmacies were promised, so that two teams fit into it",
        teams=(
            "Workstations", "Pharmacy applications", "POS development", "Networks",
            "Servers and directory",
        ),
        pauses=frozenset({"waiting:requester", "waiting:supplier", "waiting:date"}),
        steps=(Step(key="over", percent=100, to=Addressee.LEAD),),
    ),
    Promise(
        kind=LevelKind.UC,
        name="Maintenance by Norrkassa",
        party="Norrkassa AB",
        figures={(1, 2): {Measure.SUPPLIER: 2 * DAY}, (): {Measure.SUPPLIER: 10 * DAY}},
        objective=95,
        origin=Origin.AGREED,
        note="Frame contract, paragraph 6",
        suppliers=("Norrkassa AB",),
        steps=(Step(key="over", percent=100, to=Addressee.SERVICE_OWNER),),
        words="Spare parts are kept in Sweden.",
    ),
)  # fmt: skip


def found_promises(made: Company) -> None:
    """Make the agreements, signed and in force, and the suppliers they are with."""
    for promise in PROMISES:
        for name in promise.suppliers:
            made.suppliers[name] = create_organisation(name=name, by=MAKER)
        level = create_level(
            desk=made.desks[promise.desk],
            kind=promise.kind,
            name=promise.name,
            party=promise.party,
            by=MAKER,
        )
        today = clock.now().date()
        save_draft(
            level.pk,
            terms=_terms(promise, made),
            words=promise.words,
            review_on=today + REVIEWED_AFTER,
            by=MAKER,
        )
        version = publish_level(level.pk, by=MAKER)
        if promise.origin is not Origin.ASSUMED:
            sign_level(version.pk, signatories=_signatories(promise, made), by=MAKER)


def _terms(promise: Promise, made: Company) -> Terms:
    agreed_on = clock.now().date()
    rows = tuple(
        Row(
            priorities=frozenset(priorities),
            targets={
                measure: Target(
                    minutes=minutes,
                    objective=promise.objective,
                    origin=promise.origin,
                    origin_by=promise.party,
                    origin_on=agreed_on,
                    origin_note=promise.note,
                )
                for measure, minutes in figures.items()
            },
        )
        for priorities, figures in promise.figures.items()
    )
    return Terms(
        scope=Scope(
            services=frozenset(made.services[name].pk for name in promise.services),
            teams=frozenset(made.teams[name].pk for name in promise.teams),
            suppliers=frozenset(made.suppliers[name].pk for name in promise.suppliers),
        ),
        rows=rows,
        pauses=promise.pauses,
        at_site=promise.at_site,
        steps=promise.steps,
    )


def _signatories(promise: Promise, made: Company) -> list[Signatory]:
    day = clock.now().date().isoformat()
    owner = made.services["Cash desk"].owner
    return [
        {"name": owner.name, "role": owner.title, "party": "Lindblom IT", "signed_on": day},
        {"name": promise.party, "role": "", "party": promise.party, "signed_on": ""},
    ]


def show_promises(made: Company) -> None:
    """Work out what closed tickets allow to promise, and let requesters read some of it."""
    for desk in made.desks.values():
        recompute_promises(desk.pk)
    shown = [made.services[name].pk for name in SHOWN]
    choose_shown_promises(made.desks["IT"].pk, services=shown, with_desk=True, by=MAKER)
