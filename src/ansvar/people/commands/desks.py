"""Desks, their teams and who works in them."""

import re
from decimal import Decimal
from typing import TypedDict

from django.core.exceptions import ValidationError
from typing_extensions import Unpack

from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.facts import (
    DeskChanged,
    DeskCreated,
    LeadSet,
    LeadUnset,
    MemberAdded,
    MemberRemoved,
    TeamChanged,
    TeamCreated,
)
from ansvar.people.models import Calendar, Desk, Membership, Person, Team

_CURRENCY = re.compile(r"[A-Z]{3}")


class DefaultTeamNeeded(Refusal):
    """A desk would be left without the team that takes what has no team yet."""


class DeskFields(TypedDict, total=False):
    """What can be said of a desk."""

    name: str
    prefix: str
    language: str
    calendar: Calendar
    quiet_days: int
    undo_seconds: int
    closed_reply: str
    reopen_days: int
    suggest_days: int
    currency: str
    is_active: bool


class TeamFields(TypedDict, total=False):
    """What can be said of a team."""

    name: str
    line: int
    calendar: Calendar | None
    is_default: bool
    is_active: bool
    hourly_rate: Decimal | None
    most_taken: int | None


@command
def create_desk(*, by: Actor, **wanted: Unpack[DeskFields]) -> Desk:
    """Open a desk.

    Raises: NotPermitted; ValidationError.
    Records: DeskCreated.
    """
    require(by, "desk.manage")
    desk = Desk(**only(DeskFields, wanted))
    _check_desk(desk)
    desk.save()
    record(DeskCreated(subject_id=desk.pk, title=desk.name, prefix=desk.prefix), by=by)
    return desk


@command
def edit_desk(desk_id: int, *, by: Actor, **wanted: Unpack[DeskFields]) -> Desk:
    """Change a desk. A new prefix holds for new references; those given out stay.

    Raises: NotPermitted; ValidationError.
    Records: DeskChanged.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "desk.manage", desk)
    if changes := set_fields(desk, only(DeskFields, wanted)):
        _check_desk(desk)
        desk.save(update_fields=[*changes])
        record(DeskChanged(subject_id=desk.pk, changes=changes), by=by)
    return desk


@command
def create_team(*, desk: Desk, by: Actor, **wanted: Unpack[TeamFields]) -> Team:
    """Add a team to a desk; the first one takes what has no team yet.

    Raises: NotPermitted; ValidationError.
    Records: TeamCreated; TeamChanged for the team that was the default before.
    """
    require(by, "desk.manage", desk)
    _lock(desk.pk)
    team = Team(desk=desk, **only(TeamFields, wanted))
    if not Team.objects.filter(desk=desk, is_default=True).exists():
        team.is_default = True
    _check_team(team, by=by)
    team.save()
    record(TeamCreated(subject_id=team.pk, title=team.name, desk_id=desk.pk, line=team.line), by=by)
    return team


@command
def edit_team(team_id: int, *, by: Actor, **wanted: Unpack[TeamFields]) -> Team:
    """Change a team. Making it the default takes that from the one which was.

    Raises: NotPermitted; ValidationError; DefaultTeamNeeded.
    Records: TeamChanged.
    """
    team = Team.objects.get(pk=team_id)
    require(by, "desk.manage", team)
    _lock(team.desk_id)
    team = Team.objects.select_for_update().get(pk=team_id)
    if changes := set_fields(team, only(TeamFields, wanted)):
        if "is_default" in changes and not team.is_default:
            raise DefaultTeamNeeded(
                said("%(name)s takes what has no team yet. Give that to another team instead."),
                name=team.name,
            )
        _check_team(team, by=by)
        team.save(update_fields=[*changes])
        record(TeamChanged(subject_id=team.pk, changes=changes), by=by)
    return team


def _check_desk(desk: Desk) -> None:
    desk.full_clean()
    if not _CURRENCY.fullmatch(desk.currency):
        raise ValidationError(
            {"currency": "Write the currency in three capitals, such as EUR or SEK."}
        )


def _lock(desk_id: int) -> None:
    """Let changes of which team is the default follow each other."""
    Desk.objects.select_for_update().get(pk=desk_id)


def _check_team(team: Team, *, by: Actor) -> None:
    if team.is_default and not team.is_active:
        raise DefaultTeamNeeded(
            said(
                "%(name)s takes what has no team yet. Give that to another team before this one "
                "is closed."
            ),
            name=team.name,
        )
    # The default of before makes room first, or the database would see two.
    before = Team.objects.filter(desk_id=team.desk_id, is_default=True).exclude(pk=team.pk)
    if team.is_default and (other := before.first()) is not None:
        team.full_clean(validate_constraints=False)
        other.is_default = False
        other.save(update_fields=["is_default"])
        record(TeamChanged(subject_id=other.pk, changes={"is_default": (True, False)}), by=by)
    team.full_clean()


@command
def add_member(team_id: int, person_id: int, *, is_lead: bool = False, by: Actor) -> Membership:
    """Take a person into a team. Doing it twice is silent.

    Raises: NotPermitted; ValidationError for somebody inactive.
    Records: MemberAdded; LeadSet.
    """
    team = Team.objects.select_for_update().get(pk=team_id)
    require(by, "desk.manage", team)
    person = Person.objects.get(pk=person_id)
    membership = Membership.objects.filter(team=team, person=person).first()
    if membership is None:
        if not person.is_active:
            raise ValidationError(
                {"person": f"{person.name} is not active. Make the person active first."}
            )
        membership = Membership.objects.create(team=team, person=person, is_lead=is_lead)
        record(MemberAdded(subject_id=team.pk, person_id=person.pk), by=by)
        if is_lead:
            record(LeadSet(subject_id=team.pk, person_id=person.pk), by=by)
    return membership


@command
def remove_member(team_id: int, person_id: int, *, by: Actor) -> None:
    """Let a person leave a team. Doing it twice is silent.

    Raises: NotPermitted.
    Records: MemberRemoved.
    """
    team = Team.objects.select_for_update().get(pk=team_id)
    require(by, "desk.manage", team)
    gone, _ = Membership.objects.filter(team=team, person_id=person_id).delete()
    if gone:
        record(MemberRemoved(subject_id=team.pk, person_id=person_id), by=by)


@command
def set_lead(team_id: int, person_id: int, *, is_lead: bool = True, by: Actor) -> Membership:
    """Let a member lead the team, or no longer. A team may have several leads.

    Raises: NotPermitted; Membership.DoesNotExist for somebody who is not in the team.
    Records: LeadSet or LeadUnset.
    """
    team = Team.objects.select_for_update().get(pk=team_id)
    require(by, "desk.manage", team)
    membership = Membership.objects.select_for_update().get(team=team, person_id=person_id)
    if membership.is_lead != is_lead:
        membership.is_lead = is_lead
        membership.save(update_fields=["is_lead"])
        fact = LeadSet if is_lead else LeadUnset
        record(fact(subject_id=team.pk, person_id=person_id), by=by)
    return membership
