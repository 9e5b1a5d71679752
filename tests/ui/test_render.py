import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from jinja2 import DictLoader

from ansvar.ui import errors, render, samples
from ansvar.ui.shell import Shell


@pytest.fixture
def asked() -> HttpRequest:
    return RequestFactory().get("/")


@pytest.fixture
def _own_template(monkeypatch: pytest.MonkeyPatch) -> None:
    made = render._environment()
    template = (
        "{% block one %}<p>{{ word }}{{ shell.person }}</p>{% endblock %}"
        "{% block two %}<i>2</i>{% endblock %}"
    )
    monkeypatch.setattr(made, "loader", DictLoader({"t.html": template}))


@pytest.fixture
def provided() -> Iterator[None]:
    @render.provide
    def shell(_request: HttpRequest) -> Mapping[str, Any]:
        return {"shell": Shell(person="Lena"), "word": "theirs"}

    yield
    render._providers.remove(shell)


@pytest.mark.usefixtures("_own_template", "provided")
def test_providers_add_to_every_page_and_the_view_wins(asked: HttpRequest):
    assert render.page(asked, "t.html").content == b"<p>theirsLena</p><i>2</i>"
    assert render.page(asked, "t.html", {"word": "mine"}).content == b"<p>mineLena</p><i>2</i>"


@pytest.mark.usefixtures("_own_template", "provided")
def test_blocks_come_alone(asked: HttpRequest):
    assert render.block(asked, "t.html", "two").content == b"<i>2</i>"
    both = render.blocks(asked, "t.html", ["two", "one"], {"word": ""}, status=422)
    assert both.content == b"<i>2</i><p>Lena</p>"
    assert both.status_code == 422


@pytest.mark.usefixtures("provided")
def test_block_knows_what_its_page_imports_at_the_top(asked: HttpRequest):
    # The queue's own block uses a macro imported at the top of the page.
    context = {**samples.context(), "columns": "left right"}
    html = render.block(asked, "ui/samples/queue.html", "right", context).content.decode()
    assert 'class="priority p1' in html
    assert "<!doctype" not in html


def test_toast_rides_on_the_answer():
    answer = render.toast(HttpResponse(), "Sent", undo_url="/undo/", seconds=5)
    assert json.loads(answer["HX-Trigger"])["toast"]["undo"] == "/undo/"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.stale_token, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
    ],
)
def test_refusals_are_pages_with_a_next_step(asked: HttpRequest, answer: Any, status: int):
    response = answer(asked)
    assert response.status_code == status
    assert b"To the start page" in response.content


def test_while_the_database_is_away_a_page_asks_for_nothing_and_keeps_what_was_typed():
    words = "What nobody would like to write twice."
    form = {"text": words, "password": "a secret that is longer than the text beside it"}
    sent = RequestFactory().post("/tickets/new", form)
    response = errors.database_away(sent, retry_after=5)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert words.encode() in response.content
    assert b"a secret" not in response.content
    asked = errors.database_away(RequestFactory().get("/queue/?view=mine"), retry_after=5)
    assert b'href="/queue/?view=mine"' in asked.content


def test_stale_form_keeps_what_was_typed(asked: HttpRequest):
    response = errors.stale_form(asked, changes=["Handed over"], retry="/t/1/", typed="my <words>")
    assert response.status_code == 409
    assert b"my &lt;words&gt;" in response.content
    assert b"Handed over" in response.content
