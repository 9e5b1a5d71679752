"""What can happen to a ticket: the contract on which clocks, notices and figures rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.kernel.facts import Changes, Fact, PersonId, Ref

TeamId = Annotated[int, Ref("team")]
ServiceId = Annotated[int, Ref("service")]
TicketId = Annotated[int, Ref("ticket")]


@dataclass(frozen=True, kw_only=True)
class TicketOpened(Fact, name="ticket.opened", wording=_("opened the ticket")):
    """A matter was taken up as a ticket."""

    desk_id: Annotated[int, Ref("desk")]
    reference: str
    kind: str
    channel: str
    requester_id: PersonId
    reporter_id: PersonId | None = None
    team_id: TeamId
    service_id: ServiceId | None = None
    site_id: Annotated[int, Ref("site")] | None = None
    urgency: int
    priority: int


@dataclass(frozen=True, kw_only=True)
class TicketClassified(
    Fact, name="ticket.classified", wording=_("found impact {impact}, which makes P{priority}")
):
    """The impact of a ticket was found by answering the impact script."""

    impact: int
    urgency: int
    priority: int
    previous_priority: int
    script_version_id: int
    answers: list[tuple[str, str]]
    """Questions and answers in words, as they were asked."""
    was_raised: bool = False


@dataclass(frozen=True, kw_only=True)
class PriorityOverridden(
    Fact,
    name="ticket.priority_overridden",
    wording=_("set the priority to P{priority} by hand: {reason}"),
):
    """Somebody set a priority by hand and gave the reason."""

    priority: int
    previous_priority: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PriorityRecomputed(
    Fact, name="ticket.priority_recomputed", wording=_("brought the priority to P{priority}: {why}")
):
    """A priority followed from a new service, site or matrix, or from an override taken back."""

    priority: int
    previous_priority: int
    urgency: int
    impact: int | None = None
    why: str


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(Fact, name="ticket.assigned", wording=_("assigned the ticket to {assignee}")):
    """A ticket went to an agent, for the first time or from another, or back to the team."""

    assignee_id: PersonId | None
    previous_id: PersonId | None
    team_id: TeamId
    state: str
    passed_over: int = 0
    """Taken by oneself: tickets of the team that waited for somebody and come before it."""
    for_vip: bool = False
    """Taken by oneself: its requester is to be treated with special care."""


@dataclass(frozen=True, kw_only=True)
class TicketHandedOver(
    Fact, name="ticket.handed_over", wording=_("handed the ticket over to {team}: {reason}")
):
    """A ticket went to another team."""

    team_id: TeamId
    previous_id: TeamId
    assignee_id: PersonId | None = None
    reason: str
    is_bounce: bool
    """The team had held the ticket before."""
    state: str
    tried: str = ""
    request_id: int | None = None
    """What the service owner was asked and answered with it."""


@dataclass(frozen=True, kw_only=True)
class HandOverAsked(
    Fact, name="ticket.hand_over_asked", wording=_("asked to hand it over to {team}: {reason}")
):
    """A hand-over was put before the service owner; the ticket stays where it is."""

    request_id: int
    team_id: TeamId
    giver_id: TeamId
    reason: str
    tried: str = ""
    because: str
    """Why the owner is asked, as `decisions.Because` has it."""


@dataclass(frozen=True, kw_only=True)
class HandOverDecided(
    Fact, name="ticket.hand_over_decided", wording=_("decided the hand-over to {team}: {answer}")
):
    """Whoever may decide answered a hand-over that was asked for."""

    request_id: int
    team_id: TeamId
    """The team the answer is about: the one asked for, or another one."""
    answer: str
    said: str = ""

    @override
    def words(self) -> dict[str, str]:
        from ansvar.tickets.models import ANSWER_NAMES  # noqa: PLC0415 - as in WaitingStarted

        names = {str(one): str(name) for one, name in ANSWER_NAMES.items()}
        answer = names.get(self.answer, self.answer)
        return {"answer": f"{answer}. {self.said}".strip() if self.said else answer}


@dataclass(frozen=True, kw_only=True)
class HandOverWithdrawn(
    Fact, name="ticket.hand_over_withdrawn", wording=_("took back the wish to hand it over: {why}")
):
    """A hand-over that was asked for is not wanted any more."""

    request_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class HandOverEscalated(
    Fact,
    name="ticket.hand_over_escalated",
    wording=_("let the supervisors decide the hand-over too"),
):
    """The service owner has not decided in time; from now on the supervisors may too."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class TaskGiven(Fact, name="ticket.task_given", wording=_("asked {whom}: {said}")):
    """Others of the desk were asked for something; custody stays where it is."""

    task_id: int
    kind: str
    team_id: TeamId | None = None
    person_id: PersonId | None = None
    whom: str
    """The name that the team or the person had then."""
    said: str


@dataclass(frozen=True, kw_only=True)
class TaskTaken(Fact, name="ticket.task_taken", wording=_("took what {team} was asked")):
    """Somebody of the asked team deals with it."""

    task_id: int
    team_id: TeamId
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class TaskAnswered(Fact, name="ticket.task_answered", wording=_("answered: {said}")):
    """What others were asked for is done or answered."""

    task_id: int
    said: str


@dataclass(frozen=True, kw_only=True)
class TaskWithdrawn(
    Fact, name="ticket.task_withdrawn", wording=_("needs no answer any more: {why}")
):
    """What others were asked for is not wanted any more."""

    task_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class HelpCredited(
    Fact, name="ticket.help_credited", wording=_("said of the answer of {person}: {verdict}")
):
    """Whoever asked said whether the answer helped."""

    task_id: int
    person_id: PersonId
    has_helped: bool

    @override
    def words(self) -> dict[str, str]:
        return {"verdict": str(_("it helped") if self.has_helped else _("it did not help"))}


@dataclass(frozen=True, kw_only=True)
class OwnerChanged(
    Fact, name="ticket.owner_changed", wording=_("made {owner} answer for the ticket")
):
    """Somebody came to answer for a ticket until it is closed."""

    owner_id: PersonId
    previous_id: PersonId | None = None


@dataclass(frozen=True, kw_only=True)
class OwnershipPassed(
    Fact,
    name="ownership.passed",
    subject="person",
    wording=_("had {count} tickets passed on to {to}"),
):
    """Somebody came to answer for several tickets in one act, each of which has a fact too.

    The subject is who answered for them; for tickets of several people, who passed them on.
    """

    passing_id: int
    to_id: PersonId
    count: int


@dataclass(frozen=True, kw_only=True)
class WorkStarted(Fact, name="ticket.work_started", wording=_("started work")):
    """Work on a ticket began, or went on after waiting."""


@dataclass(frozen=True, kw_only=True)
class WaitingStarted(
    Fact, name="ticket.waiting_started", wording=_("let it wait for {waiting_for}. {note}")
):
    """A ticket began to wait for somebody or something."""

    waiting_for: str
    note: str
    until: datetime | None = None
    supplier_id: Annotated[int, Ref("organisation")] | None = None

    @override
    def words(self) -> dict[str, str]:
        # Imported here: models import the decisions that facts are made of.
        from ansvar.tickets.models import WAITING_NAMES  # noqa: PLC0415

        names = {str(key): str(name) for key, name in WAITING_NAMES.items()}
        return {"waiting_for": names.get(self.waiting_for, self.waiting_for)}


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(Fact, name="ticket.waiting_ended", wording=_("ended the waiting: {why}")):
    """A ticket that waited goes on."""

    why: str
    state: str


@dataclass(frozen=True, kw_only=True)
class TicketResolved(Fact, name="ticket.resolved", wording=_("resolved the ticket")):
    """An agent said that the matter is mended, and how."""

    resolution: str


@dataclass(frozen=True, kw_only=True)
class TicketClosed(Fact, name="ticket.closed", wording=_("closed the ticket: {how}")):
    """A ticket was closed: confirmed, after the quiet period, by an agent, or as a duplicate."""

    how: str

    @override
    def words(self) -> dict[str, str]:
        names = {
            "confirmed": _("the requester confirmed that it works"),
            "quiet": _("nobody objected during the quiet period"),
            "agent": _("closed by the desk"),
            "merged": _("it goes on in the ticket of which it is a duplicate"),
            "imported": _("nobody had gone on with it when it was imported"),
        }
        return {"how": str(names.get(self.how, self.how))}


@dataclass(frozen=True, kw_only=True)
class TicketReopened(Fact, name="ticket.reopened", wording=_("took the ticket up again: {reason}")):
    """A resolved or closed ticket went back to work."""

    reason: str
    count: int
    state: str
    by_requester: bool = False


@dataclass(frozen=True, kw_only=True)
class TicketEdited(Fact, name="ticket.edited", wording=_("changed {what}")):
    """Subject, kind, requester, service or site of a ticket changed."""

    changes: Changes

    @override
    def words(self) -> dict[str, str]:
        names = {
            "subject": _("the subject"),
            "description": _("the description"),
            "kind": _("the kind"),
            "requester": _("the requester"),
            "service": _("the service"),
            "site": _("the site"),
            "language": _("the language"),
        }
        return {"what": ", ".join(str(names.get(field, field)) for field in self.changes)}


@dataclass(frozen=True, kw_only=True)
class RegisteredAfterwards(
    Fact,
    name="ticket.registered_afterwards",
    wording=_("registered it afterwards; work began on {began}: {why}"),
):
    """A matter was written down only after work on it had begun, as in an emergency."""

    began_at: datetime
    why: str

    @override
    def words(self) -> dict[str, str]:
        return {"began": formats.date_format(timezone.localtime(self.began_at), "j M H:i")}


@dataclass(frozen=True, kw_only=True)
class SolutionExpected(
    Fact, name="ticket.solution_expected", wording=_("expects it to be solved by {when}. {why}")
):
    """It was said when a solution is expected, or that nobody can say any more."""

    expected_at: datetime | None
    previous_at: datetime | None = None
    why: str = ""

    @override
    def words(self) -> dict[str, str]:
        if self.expected_at is None:
            return {"when": str(_("nobody knows when"))}
        return {"when": formats.date_format(timezone.localtime(self.expected_at), "j M H:i")}


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Fact, name="ticket.note_added", wording=_("wrote a note")):
    """An agent wrote a note that only agents see."""

    note_id: int
    is_attempt: bool = False
    """It says what was tried and did not help."""


@dataclass(frozen=True, kw_only=True)
class DetailNoted(Fact, name="ticket.detail_noted", wording=_("noted {title}: {value} ({origin})")):
    """Something that work needs to know came to be known, or was put right."""

    needed_id: int
    title: str
    value: str
    previous: str = ""
    message_id: int | None = None
    """The message from which it was read."""

    @override
    def words(self) -> dict[str, str]:
        read = _("read from what was written")
        return {"origin": str(read if self.message_id is not None else _("filled in by hand"))}


@dataclass(frozen=True, kw_only=True)
class DetailDropped(Fact, name="ticket.detail_dropped", wording=_("took {title} back: {previous}")):
    """What was noted of something that work needs to know is known no longer."""

    needed_id: int
    title: str
    previous: str


@dataclass(frozen=True, kw_only=True)
class ParticipantAdded(Fact, name="ticket.participant_added", wording=_("let {person} take part")):
    """Somebody else came to take part in the conversation."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class ParticipantRemoved(
    Fact, name="ticket.participant_removed", wording=_("took {person} out of the conversation")
):
    """Somebody was taken out of the conversation."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class TicketLinked(Fact, name="ticket.linked", wording=_("linked it: {relation} {other}")):
    """A ticket was linked to another."""

    other_id: TicketId
    relation: str

    @override
    def words(self) -> dict[str, str]:
        from ansvar.tickets.models import Link  # noqa: PLC0415 - as in WaitingStarted

        names = {str(key): str(name) for key, name in Link.Relation.choices}
        return {"relation": names.get(self.relation, self.relation)}


@dataclass(frozen=True, kw_only=True)
class TicketUnlinked(Fact, name="ticket.unlinked", wording=_("took away the link to {other}")):
    """A link between two tickets was taken away."""

    other_id: TicketId
    relation: str


@dataclass(frozen=True, kw_only=True)
class HandOverRuleSet(
    Fact,
    name="service.hand_over_rule_set",
    wording=_("set who decides about hand-overs: {rule}; after {wait} the supervisors may, too"),
):
    """It was said when the owner of a service decides about hand-overs."""

    mode: str
    after: int
    wait_minutes: int

    @override
    def words(self) -> dict[str, str]:
        from ansvar.tickets.models import MODE_NAMES  # noqa: PLC0415 - as in WaitingStarted

        names = {str(mode): str(name) for mode, name in MODE_NAMES.items()}
        rule = names.get(self.mode, self.mode)
        if self.mode == "after":
            rule = f"{rule} ({self.after})"
        hours, minutes = divmod(self.wait_minutes, 60)
        return {"rule": rule, "wait": f"{hours}:{minutes:02} h"}


@dataclass(frozen=True, kw_only=True)
class HandOverReasonsSet(
    Fact, name="desk.hand_over_reasons_set", wording=_("set the reasons for hand-overs: {list}")
):
    """The reasons that a desk offers for hand-overs were set."""

    reasons: list[str]

    @override
    def words(self) -> dict[str, str]:
        return {"list": ", ".join(self.reasons)}
