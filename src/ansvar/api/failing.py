"""The answer to what nobody foresaw, on pages and in the interface: 500, or 503 for a while."""

import sys

from django.http import HttpRequest, HttpResponse

from ansvar.api import refusals
from ansvar.kernel.reaching import RETRY_AFTER_SECONDS, is_away
from ansvar.ui import errors

PROGRAMS = "/api/"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database was away, which mends itself, and 500 for faults of ours."""
    # Django calls this while it holds the exception.
    if not is_away(sys.exc_info()[1]):
        return errors.server_error(request)
    if request.path.startswith(PROGRAMS):
        return refusals.database_away()
    return errors.database_away(request, retry_after=RETRY_AFTER_SECONDS)
