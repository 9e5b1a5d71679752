import pytest

from ansvar.access.backends import person_by_login
from ansvar.access.queries import grants_of
from ansvar.ops.accounts import create_user
from ansvar.ops.trouble import Trouble
from ansvar.people.models import Person

pytestmark = pytest.mark.django_db

GOOD = {"role": "administrator", "desk": "", "password": "a long walk by the sea"}


def test_the_first_administrator_can_log_in(capsys):
    create_user("Ada Berg", "ada@example.com", **GOOD)

    person = person_by_login("ada@example.com")
    assert person is not None
    assert person.check_password(GOOD["password"])
    assert grants_of(person.pk) == (("administrator", None),)
    assert GOOD["password"] not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("email", "change", "sentence"),
    [
        ("ada@example.com", {"password": "short"}, "too short"),
        ("ada@example.com", {"role": "king"}, "There is no role 'king'"),
        ("ada@example.com", {"role": "agent", "desk": "XX"}, "no desk with the prefix 'XX'"),
        ("not-an-address", {}, "not-an-address"),
    ],
)
def test_what_cannot_be_made_leaves_nobody_behind(email, change, sentence):
    with pytest.raises(Trouble, match=sentence):
        create_user("Ada Berg", email, **{**GOOD, **change})

    assert not Person.objects.exists()


def test_an_address_already_taken_is_refused():
    create_user("Ada Berg", "ada@example.com", **GOOD)

    with pytest.raises(Trouble):
        create_user("Another Ada", "ada@example.com", **GOOD)
