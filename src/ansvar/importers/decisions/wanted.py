"""Which teams, people, services and sites the cases of a log name. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ansvar.importers.decisions.retracing import (
    Assignment,
    CaseStory,
    Edit,
    HandOver,
    LateHandOver,
    Opening,
)


@dataclass(kw_only=True)
class NamesWanted:
    """Names as the log has them."""

    teams: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    memberships: set[tuple[str | None, str]] = field(default_factory=set)
    """Team and person; without a team, the desk's first one."""
    needs_nobody: bool = False
    """A requester is missing, so that somebody stands for all whom the log does not name."""

    def add(self, stories: Iterable[CaseStory]) -> None:
        """Add the names of some cases."""
        for story in stories:
            for step in story.steps:
                match step:
                    case Opening():
                        self._add_matter(step)
                        self.needs_nobody |= step.requester is None
                        if step.team is not None:
                            self.teams.add(step.team)
                    case Edit():
                        self._add_matter(step)
                    case HandOver() | Assignment():
                        self._add_holder(step)
                    case LateHandOver():
                        self.teams.add(step.team)

    def _add_matter(self, step: Opening | Edit) -> None:
        self.persons |= {step.requester} if step.requester is not None else set()
        self.services |= {step.service} if step.service is not None else set()
        self.sites |= {step.site} if step.site is not None else set()

    def _add_holder(self, step: HandOver | Assignment) -> None:
        if step.team is not None:
            self.teams.add(step.team)
        if step.person:
            self.persons.add(step.person)
            self.memberships.add((step.team, step.person))
