"""What can happen to people, places, desks and teams."""

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Changes, Fact, PersonId, Ref

DeskId = Annotated[int, Ref("desk")]
OrganisationId = Annotated[int, Ref("organisation")]


@dataclass(frozen=True, kw_only=True)
class CalendarCreated(Fact, name="calendar.created", wording=_("made the calendar {title}")):
    """A working calendar was made."""

    title: str


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Fact, name="calendar.changed", wording=_("changed {changes}")):
    """A working calendar was changed; running clocks are to be computed anew."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class OrganisationCreated(
    Fact, name="organisation.created", wording=_("made the organisation {title}")
):
    """An organisation became known."""

    title: str


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Fact, name="organisation.changed", wording=_("changed {changes}")):
    """An organisation was changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class DepartmentCreated(
    Fact, name="department.created", wording=_("made the department {title} of {organisation}")
):
    """A department was added to the tree of an organisation."""

    title: str
    organisation_id: OrganisationId


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Fact, name="department.changed", wording=_("changed {changes}")):
    """A department was renamed, moved or closed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class SiteCreated(Fact, name="site.created", wording=_("made the site {title} of {organisation}")):
    """A site was added."""

    title: str
    organisation_id: OrganisationId


@dataclass(frozen=True, kw_only=True)
class SiteChanged(Fact, name="site.changed", wording=_("changed {changes}")):
    """A site was changed, its business weight for instance."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class DeskCreated(Fact, name="desk.created", wording=_("opened the desk {title}")):
    """A desk was opened."""

    title: str
    prefix: str


@dataclass(frozen=True, kw_only=True)
class DeskChanged(Fact, name="desk.changed", wording=_("changed {changes}")):
    """A desk was changed; references given out before keep their prefix."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class TeamCreated(Fact, name="team.created", wording=_("made the team {title} of {desk}")):
    """A team was added to a desk."""

    title: str
    desk_id: DeskId
    line: int


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Fact, name="team.changed", wording=_("changed {changes}")):
    """A team was changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class MemberAdded(Fact, name="member.added", subject="team", wording=_("took in {person}")):
    """A person joined a team."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Fact, name="member.removed", subject="team", wording=_("let go {person}")):
    """A person left a team."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class LeadSet(Fact, name="lead.set", subject="team", wording=_("made {person} lead the team")):
    """A member became a lead of a team."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class LeadUnset(
    Fact, name="lead.unset", subject="team", wording=_("made {person} an ordinary member")
):
    """A member is no longer a lead of a team."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonCreated(Fact, name="person.created", wording=_("added {full_name}")):
    """A person was added by somebody."""

    full_name: str


@dataclass(frozen=True, kw_only=True)
class PersonLearned(
    Fact, name="person.learned", wording=_("became known through a message from {address}")
):
    """A person became known by writing to a desk."""

    full_name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Fact, name="person.changed", wording=_("changed {changes}")):
    """What is known of a person was changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(
    Fact, name="person.deactivated", wording=_("deactivated the person, who can no longer log in")
):
    """A person left: no log-in, no proposals, the past stays."""


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Fact, name="person.reactivated", wording=_("made the person active again")):
    """A person came back."""


@dataclass(frozen=True, kw_only=True)
class ContactPointAdded(
    Fact, name="contact_point.added", subject="person", wording=_("added {address}")
):
    """A person can be reached through one more address."""

    contact_point_id: int
    channel: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ContactPointRemoved(
    Fact, name="contact_point.removed", subject="person", wording=_("removed {address}")
):
    """An address of a person was taken away."""

    contact_point_id: int
    channel: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ContactPointPreferred(
    Fact, name="contact_point.preferred", subject="person", wording=_("prefers {address}")
):
    """An address became the one to use first on its channel."""

    contact_point_id: int
    channel: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ContactPointFailing(
    Fact,
    name="contact_point.failing",
    subject="person",
    wording=_("cannot be reached at {address}: {failure}"),
):
    """A server said that nothing reaches an address."""

    contact_point_id: int
    address: str
    failure: str


@dataclass(frozen=True, kw_only=True)
class ContactPointRecovered(
    Fact,
    name="contact_point.recovered",
    subject="person",
    wording=_("can be reached at {address} again"),
):
    """Something came from an address that had failed, or reached it."""

    contact_point_id: int
    address: str


@dataclass(frozen=True, kw_only=True)
class PreferencesSet(
    Fact, name="preferences.set", subject="person", wording=_("set the preferences: {changes}")
):
    """A person chose how the pages look and speak."""

    changes: Changes
