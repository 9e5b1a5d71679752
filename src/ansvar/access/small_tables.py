"""The roles of people, which every process remembers."""

from django.db import connection

from ansvar.access.decisions import Grant, Role
from ansvar.kernel.small_tables import READ, Remembered


def _read() -> dict[int, tuple[Grant, ...]]:
    """Return the roles of every active person who has any."""
    found: dict[int, tuple[Grant, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            # Both parts are constants of the program.
            f"{READ} SELECT given.person_id, given.role, given.desk_id"  # noqa: S608
            " FROM access_rolegrant given JOIN people_person person ON person.id = given.person_id"
            " WHERE person.is_active ORDER BY given.id"
        )
        for person_id, role, desk_id in cursor.fetchall():
            found[person_id] = (*found.get(person_id, ()), (Role(role), desk_id))
    return found


GRANTS = Remembered("roles of people", _read, of=("access_rolegrant", "people_person.is_active"))
"""By person."""
