"""Who hands back to whom, drawn: givers at the left, those who got it back at the right.

The picture shows bounces only, as wide as they are many. Everything that it shows, and the
hand-overs that were none, is in a table behind it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansvar.insight.passing_on import Flow
from ansvar.people.models import Team
from ansvar.workbench.insight.saying import working_hours

WIDTH: Final = 680
MOST_RIBBONS: Final = 12
_SIDE: Final = 190
"""Room for the names at each side."""
_BAR: Final = 6
_TOP: Final = 8
_GAP: Final = 12
_LEAST: Final = 30
"""So that name and count of the smallest team do not run into those of the next."""
_THINNEST: Final = 1.5
_TALLEST: Final = 220
"""How high all ribbons are together."""
_LONGEST_NAME: Final = 24


@dataclass(frozen=True, kw_only=True)
class Ribbon:
    """The bounces of one pair of teams."""

    outline: str
    """The path of an SVG."""
    title: str
    is_worst: bool
    """The one by which most time was lost."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One team at one side."""

    name: str
    shown: str
    """The name, shortened to its room."""
    note: str
    bar_x: float
    text_x: float
    y: float
    height: float
    is_left: bool


@dataclass(frozen=True, kw_only=True)
class FlowPicture:
    """Everything that the part `flow_picture` draws."""

    ribbons: list[Ribbon]
    nodes: list[Node]
    height: float
    label: str
    """What the picture says, in one sentence."""
    left_out: str
    """That there are more pairs, or nothing."""
    width: int = WIDTH
    bar: int = _BAR


def picture_of(flows: Sequence[Flow]) -> FlowPicture | None:
    """Draw the pairs with most bounces; nothing when there was none."""
    back = [flow for flow in flows if flow.bounces]
    drawn = sorted(back, key=lambda flow: (-flow.bounces, flow.giver.name, flow.team.name))
    drawn = drawn[:MOST_RIBBONS]
    if not drawn:
        return None
    scale = _TALLEST / sum(flow.bounces for flow in drawn)
    left = _Side(drawn, lambda flow: flow.giver, scale, is_left=True)
    right = _Side(drawn, lambda flow: flow.team, scale, is_left=False)
    height = max(left.height, right.height)
    left.centre(height)
    right.centre(height)
    worst = max(drawn, key=lambda flow: (flow.lost.working, flow.bounces))
    ribbons = [
        Ribbon(
            outline=_outline(
                left.take(flow), right.take(flow), max(flow.bounces * scale, _THINNEST)
            ),
            title=said_of(flow),
            is_worst=flow is worst,
        )
        for flow in _in_order(drawn, left, right)
    ]
    return FlowPicture(
        # What is drawn last lies on top.
        ribbons=sorted(ribbons, key=lambda ribbon: ribbon.is_worst),
        nodes=[*left.nodes(), *right.nodes()],
        height=height,
        label=_("Who hands back to whom. Most time was lost so: %(worst)s")
        % {"worst": said_of(worst)},
        left_out=_left_out(len(back) - len(drawn)),
    )


def said_of(flow: Flow) -> str:
    """Say one pair: who gave back to whom, how often, and what that lost."""
    times = ngettext("%(n)s time", "%(n)s times", flow.bounces) % {"n": flow.bounces}
    return _("%(giver)s back to %(team)s: %(times)s, %(lost)s of working time lost") % {
        "giver": flow.giver.name,
        "team": flow.team.name,
        "times": times,
        "lost": working_hours(flow.lost.working),
    }


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(n)s pair with fewer bounces is only in the table.",
        "%(n)s pairs with fewer bounces are only in the table.",
        count,
    ) % {"n": count}


class _Side:
    """The teams of one side, the busiest on top, and how far each one's bar is used up."""

    def __init__(
        self,
        drawn: Sequence[Flow],
        team_of: Callable[[Flow], Team],
        scale: float,
        *,
        is_left: bool,
    ) -> None:
        self.team_of, self.scale, self.is_left = team_of, scale, is_left
        self.teams: dict[int, Team] = {}
        self.bounces: dict[int, int] = {}
        for flow in drawn:
            team = team_of(flow)
            self.teams[team.pk] = team
            self.bounces[team.pk] = self.bounces.get(team.pk, 0) + flow.bounces
        self.order = sorted(self.teams, key=lambda pk: (-self.bounces[pk], self.teams[pk].name))
        self.tops: dict[int, float] = {}
        self.used: dict[int, float] = {}
        at = float(_TOP)
        for pk in self.order:
            self.tops[pk] = at
            room = max(self.bounces[pk] * scale, _LEAST)
            # A small bar stands in the middle of the room that its words need.
            self.used[pk] = at + (room - self.bounces[pk] * scale) / 2
            at += room + _GAP
        self.height = at - _GAP + _TOP

    def centre(self, height: float) -> None:
        """Move everything down, so that the lower side stands in the middle of the other."""
        down = (height - self.height) / 2
        self.tops = {pk: top + down for pk, top in self.tops.items()}
        self.used = {pk: at + down for pk, at in self.used.items()}

    def take(self, flow: Flow) -> float:
        """Return where the next ribbon of the flow's team begins, and use that place up."""
        pk = self.team_of(flow).pk
        at = self.used[pk]
        self.used[pk] = at + flow.bounces * self.scale
        return at

    def nodes(self) -> list[Node]:
        """Return the teams as they are drawn, after all ribbons were taken."""
        return [self._node(self.teams[pk]) for pk in self.order]

    def _node(self, team: Team) -> Node:
        bounces = self.bounces[team.pk]
        height = max(bounces * self.scale, _THINNEST)
        note = ngettext("%(n)s time", "%(n)s times", bounces) % {"n": bounces}
        bar_x = _SIDE if self.is_left else WIDTH - _SIDE - _BAR
        return Node(
            name=team.name,
            shown=_shortened(team.name),
            note=note,
            bar_x=bar_x,
            text_x=bar_x - 8 if self.is_left else bar_x + _BAR + 8,
            y=round(self.used[team.pk] - bounces * self.scale, 1),
            height=round(height, 1),
            is_left=self.is_left,
        )


def _in_order(drawn: Sequence[Flow], left: _Side, right: _Side) -> list[Flow]:
    """Return the flows so that ribbons of one team do not cross each other."""
    return sorted(drawn, key=lambda flow: (left.tops[flow.giver.pk], right.tops[flow.team.pk]))


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _outline(left: float, right: float, thickness: float) -> str:
    begins, ends = _SIDE + _BAR, WIDTH - _SIDE - _BAR
    middle = (begins + ends) / 2
    return (
        f"M{begins} {left:.1f}C{middle} {left:.1f} {middle} {right:.1f} {ends} {right:.1f}"
        f"V{right + thickness:.1f}"
        f"C{middle} {right + thickness:.1f} {middle} {left + thickness:.1f}"
        f" {begins} {left + thickness:.1f}Z"
    )
