"""What can happen to how people are told."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ansvar.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class NoticesChosen(
    Fact, name="person.notices_chosen", wording=_("chose by which ways notices reach them")
):
    """Somebody chose which notices are to reach them also elsewhere than on the page."""

    wished: list[tuple[str, str]]
    """Pairs of kind and carrier."""
