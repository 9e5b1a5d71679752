import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansvar.kernel.actor import SYSTEM
from ansvar.people.decisions import search_text
from ansvar.people.models import Person
from ansvar.people.queries import search_people

pytestmark = pytest.mark.django_db
FIRST_NAMES = ["Anna", "Bo", "Cecilia", "David", "Eva", "Fredrik", "Greta", "Hugo", "Ida", "Johan"]


def test_a_search_among_twenty_thousand_reads_the_index_and_not_all_people():
    names = [f"{FIRST_NAMES[n % 10]} Testsson{n:05}" for n in range(20_000)] + ["Zz Öberg"]
    # Through the model, since twenty thousand commands would take minutes.
    Person.objects.bulk_create(Person(name=name, search=search_text(name, [])) for name in names)
    with connection.cursor() as cursor:
        # What vacuum does in time: rows inserted in one go wait in a list beside the index.
        cursor.execute("SELECT gin_clean_pending_list('person_search')")
        cursor.execute("ANALYZE people_person")
    for text, expected in (("son12345", "Fredrik Testsson12345"), ("zz", "Zz Öberg")):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = search_people(text, by=SYSTEM)
        assert [person.name for person in found.people] == [expected]
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + queries.captured_queries[0]["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Bitmap Index Scan on person_search" in plan
        assert "Seq Scan on people_person" not in plan
