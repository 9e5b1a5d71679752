import pytest
from builders import a_service
from desktops import Desktop, a_desktop
from django.test import Client

from ansvar.catalogue.decisions import Skill
from ansvar.catalogue.models import DeclaredSkill

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desktop:
    return a_desktop()


def test_somebody_says_what_one_knows_and_takes_it_back(desk: Desktop, client: Client):
    service, other = a_service(desk.desk), a_service(desk.desk)
    elsewhere = a_service()
    client.force_login(desk.agent)
    page = client.get("/preferences/skills/").content.decode()
    assert service.name in page
    assert elsewhere.name not in page
    client.post(
        "/preferences/skills/", {f"service-{service.pk}": "3", f"service-{elsewhere.pk}": "3"}
    )
    said = DeclaredSkill.objects.values_list("service", "person", "level")
    assert list(said) == [(service.pk, desk.agent.pk, Skill.EXPERT)]
    client.post("/preferences/skills/", {f"service-{other.pk}": "1", f"service-{service.pk}": "x"})
    assert list(said.all()) == [(other.pk, desk.agent.pk, Skill.LEARNING)]
