import io
import socket
import sys
from datetime import date

import pytest
from builders import a_person, a_service, a_team, an_agent
from desktops import Desktop, client_of
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from ansvar.kernel.actor import SYSTEM
from ansvar.servicelevels.commands import create_level, publish_level, save_draft, sign_level
from ansvar.servicelevels.decisions.terms import (
    Action,
    Addressee,
    LevelKind,
    Measure,
    Origin,
    Row,
    Scope,
    Step,
    Target,
    Terms,
)
from ansvar.servicelevels.models import LevelVersion, ServiceLevel
from ansvar.ui.printing import pdf_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(desk: Desktop) -> LevelVersion:
    """An agreement of which everything is said."""
    service = a_service(desk.desk, name="Cashier")
    agreed = Target(
        minutes=240,
        objective=92.5,
        origin=Origin.ASKED,
        origin_by="Head of shops",
        origin_on=date(2026, 2, 3),
        origin_note="After the winter",
    )
    terms = Terms(
        scope=Scope(services=frozenset({service.pk})),
        rows=(
            Row(
                priorities=frozenset({1, 2}),
                kinds=frozenset({"incident"}),
                targets={Measure.RESOLUTION: agreed, Measure.REACTION: Target(minutes=15)},
            ),
            Row(targets={Measure.RESOLUTION: Target(minutes=1080)}),
        ),
        pauses=frozenset({"waiting:requester"}),
        steps=(Step(key="a", percent=80, action=Action.PAGE, to=Addressee.LEAD),),
    )
    level = create_level(
        desk=desk.desk, kind=LevelKind.SLA, name="Gold", party="Shops of Sweden", by=SYSTEM
    )
    save_draft(
        level.pk, terms=terms, words="Help **first**.", review_on=date(2027, 2, 3), by=SYSTEM
    )
    made = publish_level(level.pk, by=SYSTEM)
    signed = {"name": "Anna Berg", "role": "Head", "party": "Shops", "signed_on": "2026-03-04"}
    return sign_level(made.pk, signatories=[signed], by=SYSTEM)  # type: ignore[list-item]


SAID = (
    "Gold",
    "Agreement with customers (SLA)",
    "Shops of Sweden",
    "For the services Cashier.",
    "P1, P2 · incident",
    "Every other ticket",
    "4 h",
    "15 min",
    "18 h (2 working days)",
    "in 92.5 % of the cases",
    "in every case",
    "asked for by the customer, by Head of shops, on 3 February 2026: After the winter",
    "assumed by us",
    "Monday–Friday 08:00–17:00",
    "The clocks stand still while it waits for the requester.",
    "the time for the solution goes on where it stood",
    "At 80 % of the time: call at once who leads that team.",
    "3 February 2027",
    "Anna Berg",
    "signed on 4 March 2026",
)


def test_an_agreement_says_everything_on_the_page_and_on_paper(
    client: Client, version: LevelVersion, caplog: pytest.LogCaptureFixture
):
    page = client.get(reverse("level-agreement", args=[version.pk])).content.decode()
    assert [words for words in SAID if words not in page] == []
    assert "Help <strong>first</strong>." in page
    answer = client.get(reverse("level-agreement-pdf", args=[version.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="gold-1.pdf"'
    # The typesetter complains of what it could not load, and goes on.
    assert [record.message for record in caplog.records if record.name == "weasyprint"] == []
    pages = PdfReader(io.BytesIO(answer.content)).pages
    # Words are set in lines; how long those are is the typesetter's business.
    paper = "".join("".join(one.extract_text() for one in pages).split())
    assert [words for words in SAID if "".join(words.split()) not in paper] == []


def test_without_the_typesetter_the_page_says_what_to_do(
    client: Client, version: LevelVersion, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = client.get(reverse("level-agreement-pdf", args=[version.pk]))
    assert answer.status_code == 503
    assert "the library pango is missing" in answer.content.decode()
    assert "Anna Berg" in answer.content.decode()


def test_a_document_is_made_without_asking_the_network_or_any_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        elsewhere = f"http://127.0.0.1:{listening.getsockname()[1]}/x.png"
        made = pdf_of(
            f'<p>Words</p><img src="{elsewhere}"><link rel="attachment" href="{secret.as_uri()}">'
        )
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert b"secret" not in made
    assert list(PdfReader(io.BytesIO(made)).attachments) == []


def test_an_agreement_is_read_by_those_of_its_desk(desk: Desktop, version: LevelVersion):
    address = reverse("level-agreement", args=[version.pk])
    assert client_of(an_agent(team=a_team())).get(address).status_code == 404
    assert client_of(a_person(login="anna")).get(address).status_code == 403


def test_how_people_are_informed_is_told_to_agents_and_to_requesters(desk: Desktop, client: Client):
    told = client.get(reverse("informed")).content.decode()
    asked = client_of(a_person(login="anna")).get(reverse("portal-informed")).content.decode()
    for page in (told, asked):
        words = page.split("What is most pressing (P1)")[1].split("What is very pressing")[0]
        assert "While it is open, you hear from us at least every 1 h." in words
        assert "The team that has your matter in hand informs you" in page
        assert "Monday–Friday 08:00–17:00" in page
    assert reverse("level-agreement", args=[policy_of(desk).pk]) in told
    assert "/levels/" not in asked


def test_a_desk_without_a_policy_promises_nothing(desk: Desktop):
    LevelVersion.objects.filter(level__desk=desk.desk).delete()
    page = client_of(a_person(login="anna")).get(reverse("portal-informed")).content.decode()
    assert "Nothing is promised here." in page


def policy_of(desk: Desktop) -> LevelVersion:
    return ServiceLevel.objects.get(desk=desk.desk, kind=LevelKind.CARE).versions.get()
