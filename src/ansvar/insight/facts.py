"""What can happen to what the desk tells of itself."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ServicePromiseShown(
    Fact,
    name="promise.service_shown",
    subject="service",
    wording=_("lets requesters read how long the tickets of this service take"),
):
    """Requesters may read the promise that is taken from the facts of a service."""


@dataclass(frozen=True, kw_only=True)
class ServicePromiseHidden(
    Fact,
    name="promise.service_hidden",
    subject="service",
    wording=_("shows requesters no longer how long the tickets of this service take"),
):
    """Requesters no longer read the promise of a service."""


@dataclass(frozen=True, kw_only=True)
class DeskPromiseShown(
    Fact,
    name="promise.desk_shown",
    subject="desk",
    wording=_("lets requesters read how long the tickets of this desk take"),
):
    """Requesters may read the promise of a desk for matters without a service."""


@dataclass(frozen=True, kw_only=True)
class DeskPromiseHidden(
    Fact,
    name="promise.desk_hidden",
    subject="desk",
    wording=_("shows requesters no longer how long the tickets of this desk take"),
):
    """Requesters no longer read the promise of a desk."""


@dataclass(frozen=True, kw_only=True)
class PromiseMonthsSet(
    Fact,
    name="promise.months_set",
    subject="desk",
    wording=_("takes promises from the last {months} months instead of {previous}"),
):
    """The promises of a desk are taken from another number of months."""

    months: int
    previous: int
