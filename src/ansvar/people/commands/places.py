"""Calendars, organisations, departments and sites."""

from decimal import Decimal
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from typing_extensions import Unpack

from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import only, set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.decisions import BadHours
from ansvar.people.facts import (
    CalendarChanged,
    CalendarCreated,
    DepartmentChanged,
    DepartmentCreated,
    OrganisationChanged,
    OrganisationCreated,
    SiteChanged,
    SiteCreated,
)
from ansvar.people.models import Calendar, Department, Organisation, Site
from ansvar.people.queries import departments_above, working_calendar


class DepartmentInItself(Refusal):
    """A department would lie inside itself."""


class CalendarFields(TypedDict, total=False):
    """What can be said of a calendar."""

    name: str
    timezone: str
    hours: dict[str, Any]
    holiday_country: str
    holiday_subdivision: str
    special_days: dict[str, Any]


class OrganisationFields(TypedDict, total=False):
    """What can be said of an organisation."""

    name: str
    is_active: bool


class DepartmentFields(TypedDict, total=False):
    """What can be said of a department."""

    name: str
    parent: Department | None
    is_active: bool


class SiteFields(TypedDict, total=False):
    """What can be said of a site."""

    name: str
    address: str
    city: str
    country: str
    calendar: Calendar | None
    business_weight: Decimal
    is_active: bool


@command
def create_calendar(*, by: Actor, **wanted: Unpack[CalendarFields]) -> Calendar:
    """Make a working calendar.

    Raises: NotPermitted; ValidationError, also for hours that cannot be.
    Records: CalendarCreated.
    """
    require(by, "desk.manage")
    calendar = Calendar(**only(CalendarFields, wanted))
    _check_calendar(calendar)
    calendar.save()
    record(CalendarCreated(subject_id=calendar.pk, title=calendar.name), by=by)
    return calendar


@command
def edit_calendar(calendar_id: int, *, by: Actor, **wanted: Unpack[CalendarFields]) -> Calendar:
    """Change a working calendar.

    Raises: NotPermitted; ValidationError, also for hours that cannot be.
    Records: CalendarChanged.
    """
    require(by, "desk.manage")
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    if changes := set_fields(calendar, only(CalendarFields, wanted)):
        _check_calendar(calendar)
        calendar.save(update_fields=[*changes])
        record(CalendarChanged(subject_id=calendar.pk, changes=changes), by=by)
    return calendar


def _check_calendar(calendar: Calendar) -> None:
    calendar.full_clean(exclude=["hours"])
    try:
        working = working_calendar(calendar)
    except BadHours as fault:
        raise ValidationError({"hours": str(fault)}) from fault
    if not any(working.week):
        raise ValidationError(
            {"hours": "A calendar without any hours can promise nothing. Open at least one day."}
        )


@command
def create_organisation(*, by: Actor, **wanted: Unpack[OrganisationFields]) -> Organisation:
    """Make an organisation known.

    Raises: NotPermitted; ValidationError.
    Records: OrganisationCreated.
    """
    require(by, "organisation.manage")
    organisation = Organisation(**only(OrganisationFields, wanted))
    organisation.full_clean()
    organisation.save()
    record(OrganisationCreated(subject_id=organisation.pk, title=organisation.name), by=by)
    return organisation


@command
def edit_organisation(
    organisation_id: int, *, by: Actor, **wanted: Unpack[OrganisationFields]
) -> Organisation:
    """Change an organisation.

    Raises: NotPermitted; ValidationError.
    Records: OrganisationChanged.
    """
    require(by, "organisation.manage")
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if changes := set_fields(organisation, only(OrganisationFields, wanted)):
        organisation.full_clean()
        organisation.save(update_fields=[*changes])
        record(OrganisationChanged(subject_id=organisation.pk, changes=changes), by=by)
    return organisation


@command
def create_department(
    *, organisation: Organisation, by: Actor, **wanted: Unpack[DepartmentFields]
) -> Department:
    """Add a department to the tree of an organisation.

    Raises: NotPermitted; ValidationError.
    Records: DepartmentCreated.
    """
    require(by, "organisation.manage")
    department = Department(organisation=organisation, **only(DepartmentFields, wanted))
    _check_department(department)
    department.save()
    record(
        DepartmentCreated(
            subject_id=department.pk, title=department.name, organisation_id=organisation.pk
        ),
        by=by,
    )
    return department


@command
def edit_department(
    department_id: int, *, by: Actor, **wanted: Unpack[DepartmentFields]
) -> Department:
    """Rename, move or close a department.

    Raises: NotPermitted; ValidationError; DepartmentInItself.
    Records: DepartmentChanged.
    """
    require(by, "organisation.manage")
    department = Department.objects.select_related("organisation").get(pk=department_id)
    # Two moves at the same time could close a circle that neither of them sees: the organisation
    # is locked, so that moves in one tree follow each other.
    Organisation.objects.select_for_update().get(pk=department.organisation_id)
    department = Department.objects.select_for_update().get(pk=department_id)
    if changes := set_fields(department, only(DepartmentFields, wanted)):
        _check_department(department)
        department.save(update_fields=[*changes])
        record(DepartmentChanged(subject_id=department.pk, changes=changes), by=by)
    return department


def _check_department(department: Department) -> None:
    parent = department.parent
    if parent is not None and parent.organisation_id != department.organisation_id:
        raise ValidationError(
            {"parent": "A department lies in one of its own organisation. Choose another."}
        )
    if parent is not None and department.pk is not None:
        path = departments_above(parent)
        if department in path:
            names = " in ".join(part.name for part in path[: path.index(department) + 1])
            raise DepartmentInItself(
                said("%(name)s cannot lie in %(parent)s: %(names)s. Move that one first."),
                name=department.name,
                parent=parent.name,
                names=names,
            )
    department.full_clean()


@command
def create_site(*, organisation: Organisation, by: Actor, **wanted: Unpack[SiteFields]) -> Site:
    """Add a site.

    Raises: NotPermitted; ValidationError.
    Records: SiteCreated.
    """
    require(by, "organisation.manage")
    site = Site(organisation=organisation, **only(SiteFields, wanted))
    site.full_clean()
    site.save()
    record(SiteCreated(subject_id=site.pk, title=site.name, organisation_id=organisation.pk), by=by)
    return site


@command
def edit_site(site_id: int, *, by: Actor, **wanted: Unpack[SiteFields]) -> Site:
    """Change a site.

    Raises: NotPermitted; ValidationError.
    Records: SiteChanged.
    """
    require(by, "organisation.manage")
    site = Site.objects.select_for_update().get(pk=site_id)
    if changes := set_fields(site, only(SiteFields, wanted)):
        site.full_clean()
        site.save(update_fields=[*changes])
        record(SiteChanged(subject_id=site.pk, changes=changes), by=by)
    return site
