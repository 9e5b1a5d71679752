"""How tickets went from team to team, day by day: hand-overs, flows of services, what-if.

What each word means is said in `decisions.passing_on` and `decisions.losing`.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from ansvar.insight.custody_reading import Moved, Reckoning, held_alone, held_by_several
from ansvar.insight.decisions.losing import Loss
from ansvar.insight.decisions.passing_on import (
    Handing,
    Held,
    handings_of,
    pattern_count,
    turns_of,
)
from ansvar.insight.decisions.sums import Sums, key_of
from ansvar.insight.decisions.what_if import retold
from ansvar.insight.stretches import Gathered, Source, Stretch, Topic
from ansvar.kernel import clock
from ansvar.people.models import Team
from ansvar.tickets.decisions import Kind, Rule, RuleMode

SUPPORT = tuple(kind for kind in Kind if kind is not Kind.PROJECT_WORK)
"""Project work goes from team to team by plan: figures about support leave it out (R187)."""
USUAL_FREE = 2
STORED_RULES = tuple(Rule(mode=mode, after=USUAL_FREE) for mode in RuleMode)
"""Rules that are held against every day; others are tried on the tickets themselves."""
_MICRO = timedelta(microseconds=1)
MONEY: Final = 100 * 3_600_000_000
"""Parts of a coin: a rate has two decimals and is for an hour, time is in microseconds."""


def add_loss(sums: Sums, table: str, key: str, *, loss: Loss) -> None:
    """Add a loss, to be read by `loss_in`."""
    for name, amount in (
        ("elapsed", loss.elapsed // _MICRO),
        ("working", loss.working // _MICRO),
        ("work", round(loss.work * MONEY)),
        ("business", round(loss.business * MONEY)),
        ("unrated", loss.without_rate // _MICRO),
        ("uncosted", loss.without_service_cost // _MICRO),
    ):
        sums.add(f"{table}.{name}", key, amount)


def loss_in(sums: Sums, table: str, key: str) -> Loss:
    """Return the loss that was added up under a key."""

    def amount(name: str) -> int:
        return sums.table(f"{table}.{name}").get(key, 0)

    return Loss(
        elapsed=amount("elapsed") * _MICRO,
        working=amount("working") * _MICRO,
        work=Decimal(amount("work")) / MONEY,
        business=Decimal(amount("business")) / MONEY,
        without_rate=amount("unrated") * _MICRO,
        without_service_cost=amount("uncosted") * _MICRO,
    )


def loss_in_all(sums: Sums, table: str) -> Loss:
    """Return all losses of a table together."""
    whole = Loss()
    for key in sums.table(f"{table}.elapsed"):
        whole.add(loss_in(sums, table, key))
    return whole


def rule_key(rule: Rule) -> str:
    """Return the key of the figures of a rule."""
    return key_of(rule.mode, rule.after if rule.mode is RuleMode.AFTER else None)


def _gather(stretch: Stretch, found: Gathered, *, rules: Sequence[Rule] = STORED_RULES) -> None:
    for day, service, kind, team, cases in held_alone(stretch):
        if "handovers" in found.wanted:
            found.to("handovers", day, kind).add("alone", key_of(service, team), cases)
        if "what_if" in found.wanted:
            found.to("what_if", day, kind).add("alone", "", cases)
    now = clock.now()
    reckoning = Reckoning(stretch.desk, now=now)
    first_line = set(Team.objects.filter(desk=stretch.desk, line=1).values_list("pk", flat=True))
    for moved in held_by_several(stretch, until=now):
        handings = reckoning.handings(moved.held, service=moved.service)
        if "handovers" in found.wanted:
            _walk(
                found.to("handovers", moved.day, moved.kind), moved, handings, first_line=first_line
            )
        if "flows" in found.wanted and moved.service and moved.kind != Kind.PROJECT_WORK:
            _pairs(found.to("flows", moved.day, moved.service), handings)
        if "what_if" in found.wanted:
            _retell(found.to("what_if", moved.day, moved.kind), moved, reckoning, rules=rules)


def _walk(
    sums: Sums,
    moved: Moved,
    handings: Sequence[tuple[Handing, Loss]],
    *,
    first_line: Collection[int],
) -> None:
    """Count one ticket that went from team to team."""
    path = [moved.held[0].team, *(handing.team for handing, _loss in handings)]
    patterns, bounces = pattern_count(path), len(path) - len(set(path))
    service = key_of(moved.service)
    sums.add("histogram", key_of(moved.service, len(path) - 1), 1)
    sums.add("patterns", service, patterns)
    sums.add("with_pattern", service, bool(patterns))
    sums.add("with_two", service, patterns > 1)
    sums.add("bounces", service, bounces)
    sums.add("with_bounce", service, bool(bounces))
    sums.add("never_left", service, all(team in first_line for team in path))
    for team in set(path):
        sums.add("held", key_of(team), 1)
    _pairs(sums, handings)
    for handing, loss in handings:
        giver, team_key = key_of(handing.giver), key_of(handing.team)
        sums.add("given", giver, 1)
        sums.add("got", team_key, 1)
        if handing.is_bounce:
            sums.add("given_back", giver, 1)
            sums.add("got_back", team_key, 1)
            add_loss(sums, "team", team_key, loss=loss)
            add_loss(sums, "service", service, loss=loss)


def _pairs(sums: Sums, handings: Sequence[tuple[Handing, Loss]]) -> None:
    """Count hand-overs by giver and team."""
    for handing, loss in handings:
        key = key_of(handing.giver, handing.team)
        sums.add("pairs", key, 1)
        if handing.is_bounce:
            sums.add("pair_bounces", key, 1)
            add_loss(sums, "pair", key, loss=loss)


def _retell(sums: Sums, moved: Moved, reckoning: Reckoning, *, rules: Sequence[Rule]) -> None:
    """Hold rules against one ticket."""
    turns = turns_of(moved.held)
    told = [(rule_key(rule), retold(rule, turns)) for rule in rules]
    loss: Callable[[Collection[Held]], Loss] = partial(reckoning.loss, service=moved.service)
    sums.add("moved", "", 1)
    sums.add("handovers", "", len(turns) - 1)
    bounces = told[0][1].bounces
    sums.add("bounces", "", bounces)
    if bounces:
        lost = [held for handing in handings_of(turns) for held in handing.lost]
        add_loss(sums, "lost", "", loss=loss(lost))
    for key, one in told:
        sums.add("never_asked", key, not one.asked)
        sums.add("asked", key, one.asked)
        if bounces:
            for way, left, saved in (
                ("sent", one.left_if_sent, one.saved_if_sent),
                ("refused", one.left_if_refused, one.saved_if_refused),
            ):
                sums.add(f"{way}_left", key, left)
                sums.add(f"{way}_stopped", key, bounces - left)
                if saved:
                    add_loss(sums, way, key, loss=loss(saved))


def what_if_topic(rule: Rule) -> tuple[Topic, bool]:
    """Return the topic that tells of a rule, and whether it is stored."""
    if rule_key(rule) in {rule_key(one) for one in STORED_RULES}:
        return WHAT_IF, True
    source = Source(topics=("what_if",), gather=partial(_gather, rules=(rule,)))
    return Topic(name="what_if", source=source), False


_SOURCE = Source(topics=("handovers", "flows", "what_if"), gather=_gather)
HANDOVERS = Topic(name="handovers", source=_SOURCE)
"""By kind."""
FLOWS = Topic(name="flows", source=_SOURCE)
"""By service, of support."""
WHAT_IF = Topic(name="what_if", source=_SOURCE)
"""By kind."""
