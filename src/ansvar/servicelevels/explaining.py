"""Faults of a level in words, with how to mend them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansvar.servicelevels.decisions.checking import Fault, FaultCode
from ansvar.servicelevels.facts import measure_in_words

_FAULTS = {
    FaultCode.NO_TARGET: gettext_lazy("There is no target yet. Give at least one time."),
    FaultCode.EMPTY_ROW: gettext_lazy("There is no time in it. Give one, or drop the line."),
    FaultCode.WRONG_MEASURE: gettext_lazy("An agreement of this kind has no target for: {what}."),
    FaultCode.TARGET_TOO_SHORT: gettext_lazy("{what}: give at least one minute."),
    FaultCode.TARGET_TOO_LONG: gettext_lazy("{what}: give at most ten years."),
    FaultCode.BAD_OBJECTIVE: gettext_lazy(
        "{what}: the share of cases is more than 0 and at most 100 %."
    ),
    FaultCode.NEVER_REACHED: gettext_lazy(
        "No ticket ever comes to this line: one above it fits all of them. Move it up, or drop it."
    ),
    FaultCode.UNKNOWN_STANDING: gettext_lazy("There is no state “{what}” in which to pause."),
    FaultCode.ALWAYS_PAUSED: gettext_lazy(
        "The clocks would never run: leave at least one state in which they count."
    ),
    FaultCode.STEP_WITHOUT_TIME: gettext_lazy(
        "Say when: at a share of the time, or so long before or after its end."
    ),
    FaultCode.STEP_PERCENT: gettext_lazy("The share is between 1 and 1000 %."),
    FaultCode.STEP_TWICE: gettext_lazy(
        "Two steps are called “{what}”. Name one of them otherwise."
    ),
    FaultCode.STEP_MEASURE: gettext_lazy("The step is for a target that this level cannot have."),
    FaultCode.STEP_WITHOUT_PERSON: gettext_lazy("Choose the person."),
    FaultCode.SCOPE_TEAMS: gettext_lazy("Only an agreement with teams is for certain teams."),
    FaultCode.SCOPE_SUPPLIERS: gettext_lazy(
        "Only a contract with suppliers is for certain suppliers."
    ),
}


def fault_in_words(fault: Fault) -> str:
    """Say what is wrong, where, and what to do."""
    words = str(_FAULTS[fault.code]).format(what=measure_in_words(fault.what))
    if fault.row is not None:
        return _("Line {number}: {words}").format(number=fault.row + 1, words=words)
    if fault.step is not None:
        return _("Step {number}: {words}").format(number=fault.step + 1, words=words)
    return words
