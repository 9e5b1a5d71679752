"""Whether this process can serve: asked by load balancers, supervisors and `ansvar check`."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import ansvar
from ansvar.conversations.stalls import stalled_mailboxes
from ansvar.kernel import replica

# Filled by whoever starts a part beside the web server: its name, and whether it works.
supervised: dict[str, Callable[[], bool]] = {}

# Migrations only grow while a process lives, so "all applied" stays true and is asked once.
_seen: set[str] = set()


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything this process needs is there, 503 otherwise; log-in not needed.

    Mail that does not come in is a warning: the process serves all the same.
    """
    reasons = failings()
    answer: dict[str, Any] = {"status": "unavailable" if reasons else "ok"}
    # What exactly is wrong, and the version, are for the people who run the machine.
    if request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}:
        found = [] if reasons else warnings()
        if found:
            answer["status"] = "degraded"
        answer |= {"version": ansvar.__version__, "reasons": reasons, "warnings": found}
    return JsonResponse(answer, status=503 if reasons else 200)


def failings() -> list[str]:
    """Return a sentence for everything that keeps this process from serving."""
    reasons = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if "migrations" not in _seen:
            if waiting := waiting_migrations():
                reasons.append(f"{waiting} migrations are not applied; run `ansvar migrate`.")
            else:
                _seen.add("migrations")
    except DatabaseError:
        reasons.append("The database does not answer.")
    reasons += [f"The {name} is not running." for name, works in supervised.items() if not works()]
    return reasons


def warnings() -> list[str]:
    """Return a sentence for every mailbox whose mail does not come in, and for a lagging copy."""
    found = [f"Mail to {one.address}: {one.words}" for one in stalled_mailboxes()]
    return [*found, *filter(None, [replica.notice()])]


def waiting_migrations() -> int:
    """Count the migrations the code has and the database has not."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
