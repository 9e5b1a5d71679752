"""What is remarked on the cases of a log, in words."""

from django.utils.translation import gettext_lazy as _

from ansvar.importers.decisions import Remark

REMARKS = {
    Remark.ROW_BROKEN: _("the row has other cells than the file has columns; it was left out"),
    Remark.LETTERS_LOST: _("letters cannot be read in the encoding that the mapping names"),
    Remark.NO_MOMENT: _("the moment cannot be read"),
    Remark.IN_FUTURE: _("the moment lies in the future"),
    Remark.WENT_BACK: _("it lies before the row above; told at the moment of that one"),
    Remark.STATE_UNKNOWN: _("the mapping knows no such state; it stayed as it was"),
    Remark.VALUE_UNKNOWN: _("the mapping knows no such value; it was left out"),
    Remark.REQUESTER_UNNAMED: _("the log names no requester"),
    Remark.TEAM_WHILE_DONE: _("the team changed after it was resolved; told, held for no time"),
    Remark.PERSON_WHILE_DONE: _("the person changed after it was resolved, when nobody holds it"),
    Remark.PRIORITY_WHILE_DONE: _("the priority changed after it was resolved"),
    Remark.RESOLVED_AFTER_CLOSING: _("resolved after it was closed; it stayed closed"),
    Remark.ENDED_BY_MAPPING: _("the log leaves it open; ended by the mapping at its last row"),
    Remark.HAND_OVER_UNSEEN: _("the log counts a change of team that its rows do not show"),
    Remark.HAND_OVER_UNCOUNTED: _("the team changed and the log does not count it"),
    Remark.REOPENING_UNSEEN: _("the log counts a reopening that its rows do not show"),
    Remark.REOPENING_UNCOUNTED: _("it was taken up again and the log does not count it"),
    Remark.HOLDER_NOT_HERE: _("who had it in hand has left; told without that person"),
    Remark.SERVICE_NOT_HERE: _("there is no such service; told without it"),
    Remark.SITE_NOT_HERE: _("there is no such site; told without it"),
}
COUNTERS = {"hand_overs": _("Changes of team"), "reopens": _("Reopenings")}
