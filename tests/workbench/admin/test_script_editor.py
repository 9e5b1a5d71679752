import re

import pytest
from builders import (
    IMPACT_TREE,
    a_desk,
    a_published_script,
    a_script,
    a_service,
    a_team,
    an_agent,
)
from desktops import FRAGMENT, client_of
from django.test import Client
from django.urls import reverse

from ansvar.catalogue.commands import save_draft
from ansvar.catalogue.models import Script
from ansvar.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
SIMPLE = {
    "start": "a",
    "nodes": {"a": {"question": "A?", "answers": [{"label": "x", "impact": 4}]}},
}


def form_of(client: Client, script: Script) -> dict[str, str]:
    """Return what the editor's form would send as it stands."""
    page = client.get(reverse("admin-script", args=[script.pk])).content.decode()
    form = page.split('id="script-editor"')[1].split("</form>")[0]
    sent = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    sent |= {
        name: value
        for value, name in re.findall(r'<input[^>]* value="([^"]*)"[^>]* name="([^"]+)"', form)
    }
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        sent[name] = text
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def tree_of(script: Script) -> dict:
    return script.versions.order_by("-number")[0].tree


def edit(client: Client, script: Script, do: str, **changes: str):
    address = reverse("admin-script", args=[script.pk])
    return client.post(address, {**form_of(client, script), **changes, "do": do})


@pytest.fixture
def script(db: None) -> Script:
    made = a_script()
    save_draft(made.pk, SIMPLE, by=SYSTEM)
    return made


def test_a_script_is_written_from_nothing_tested_and_published(admin: Client):
    desk = a_desk()
    admin.post(
        reverse("admin-script-new"), {"name": "Cashier", "purpose": "impact", "desk": desk.pk}
    )
    script = Script.objects.get(name="Cashier")
    edit(admin, script, "add-question")
    edit(
        admin,
        script,
        "add-answer:q1",
        **{"n0-question": "Can they sell?", "n0-a0-label": "No", "n0-a0-to": "impact:1"},
    )
    edit(admin, script, "save", **{"n0-a1-label": "In part", "n0-a1-to": "question:+"})
    edit(
        admin,
        script,
        "save",
        **{"n1-question": "How many?", "n1-a0-label": "All", "n1-a0-to": "impact:2"},
    )
    assert tree_of(script) == {
        "start": "q1",
        "nodes": {
            "q1": {
                "question": "Can they sell?",
                "answers": [{"label": "No", "impact": 1}, {"label": "In part", "next": "q2"}],
            },
            "q2": {"question": "How many?", "answers": [{"label": "All", "impact": 2}]},
        },
    }
    publish = reverse("admin-script-step", args=[script.pk, "publish"])
    assert "Walk the draft to an end first" in admin.post(publish).content.decode()
    attempt = reverse("admin-script-try", args=[script.pk])
    page = admin.post(attempt, {"path": "", "answer": "1"}).content.decode()
    assert "<h3>How many?</h3>" in page
    page = admin.post(attempt, {"path": "1", "answer": "0"}).content.decode()
    assert "Impact 2" in page
    assert "tested, ready to publish" in page
    assert admin.post(publish).status_code == 302
    assert script.versions.get().state == "published"


def test_keeping_the_form_as_it_stands_changes_nothing(admin: Client):
    script = a_script()
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    before = tree_of(script)
    assert edit(admin, script, "save").status_code == 302
    assert tree_of(script) == before


def test_answers_move_and_go_and_questions_go(admin: Client):
    script = a_script()
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    edit(admin, script, "raise-answer:reach#1")
    labels = [answer["label"] for answer in tree_of(script)["nodes"]["reach"]["answers"]]
    assert labels == ["Some people", "Nobody at the site can", "One person"]
    edit(admin, script, "delete-answer:reach#2")
    assert len(tree_of(script)["nodes"]["reach"]["answers"]) == 2
    edit(admin, script, "delete-question:way-around")
    tree = tree_of(script)
    assert [*tree["nodes"]] == ["reach"]
    assert "next" not in tree["nodes"]["reach"]["answers"][0]
    page = admin.get(reverse("admin-script", args=[script.pk])).content.decode()
    assert "leads nowhere" in page
    assert "has faults" in page


def test_a_fault_stands_at_its_question(admin: Client, script: Script):
    edit(admin, script, "save", **{"n0-a0-to": ""})
    page = admin.get(reverse("admin-script", args=[script.pk])).content.decode()
    question = page.split('id="question-a"')[1].split("</fieldset>")[0]
    assert "Answer 1 of “A?” leads nowhere." in question
    refused = admin.post(reverse("admin-script-step", args=[script.pk, "publish"]))
    assert refused.status_code == 409
    assert script.versions.get().state == "draft"


def test_a_form_made_on_an_older_tree_is_refused_and_comes_back_as_typed(
    admin: Client, script: Script
):
    typed = {**form_of(admin, script), "n0-question": "Mine?", "do": "save"}
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    address = reverse("admin-script", args=[script.pk])
    answer = admin.post(address, typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody changed this script meanwhile" in page
    assert 'value="Mine?"' in page
    assert set(tree_of(script)["nodes"]) == {"reach", "way-around"}
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    admin.post(address, {**typed, "seen": seen[1]})
    assert tree_of(script)["nodes"]["a"]["question"] == "Mine?"


def test_htmx_gets_the_editor_with_its_neighbours(admin: Client, script: Script):
    address = reverse("admin-script", args=[script.pk])
    sent = {**form_of(admin, script), "do": "add-question"}
    page = admin.post(address, sent, headers=FRAGMENT).content.decode()
    assert "<html" not in page
    assert page.count('hx-swap-oob="true"') == 2
    assert 'id="script-editor"' in page
    new = page.split('id="question-q2"')[1]
    assert "data-focus" in new.split("</fieldset>")[0]
    run = admin.post(
        reverse("admin-script-try", args=[script.pk]),
        {"path": "", "answer": "0"},
        headers=FRAGMENT,
    ).content.decode()
    assert "Impact 4" in run
    assert run.count('hx-swap-oob="true"') == 1


def test_editing_what_is_in_force_begins_a_draft(admin: Client):
    version = a_published_script()
    script = version.script
    edit(admin, script, "save", **{"n0-question": "Who is hindered?"})
    numbers = list(script.versions.order_by("number").values_list("number", "state"))
    assert numbers == [(1, "published"), (2, "draft")]
    compared = admin.get(reverse("admin-script-version", args=[script.pk, 1])).content.decode()
    assert "Who cannot work?" in compared
    assert "Who is hindered?" in compared
    assert "Can they work in another way?" not in compared
    admin.post(reverse("admin-script-step", args=[script.pk, "discard"]))
    assert script.versions.count() == 1


def test_an_old_version_is_copied_into_the_draft(admin: Client):
    version = a_published_script()
    save_draft(version.script_id, SIMPLE, by=SYSTEM)
    admin.post(reverse("admin-script-version", args=[version.script_id, 1]))
    draft = version.script.versions.get(state="draft")
    assert draft.tree == version.tree


def test_second_line_writes_the_scripts_of_its_service_and_others_only_read():
    team = a_team(line=2)
    script = a_script(service=a_service(team.desk, team=team))
    save_draft(script.pk, SIMPLE, by=SYSTEM)
    writer, reader = client_of(an_agent(team=team)), client_of(an_agent(team.desk))
    edit(writer, script, "save", **{"n0-question": "Better?"})
    assert tree_of(script)["nodes"]["a"]["question"] == "Better?"
    page = reader.get(reverse("admin-script", args=[script.pk])).content.decode()
    assert "Publish" not in page
    reader.post(
        reverse("admin-script", args=[script.pk]),
        {**form_of(reader, script), "n0-question": "Worse?", "do": "save"},
    )
    assert tree_of(script)["nodes"]["a"]["question"] == "Better?"
    run = reader.post(reverse("admin-script-try", args=[script.pk]), {"path": "", "answer": "0"})
    assert "Impact 4" in run.content.decode()
    assert script.versions.get().tested_at is None


def test_a_support_script_ends_with_words_or_a_team(admin: Client):
    team = a_team(name="Network")
    made = admin.post(
        reverse("admin-script-new"),
        {"name": "Printer", "purpose": "support", "desk": team.desk_id},
    )
    assert made.status_code == 302
    script = Script.objects.get(name="Printer")
    edit(admin, script, "add-question")
    edit(admin, script, "add-answer:q1", **{"n0-question": "Does it blink?", "n0-a0-label": "Yes"})
    edit(
        admin,
        script,
        "save",
        **{
            "n0-a0-to": "remedy:",
            "n0-a0-remedy": "Restart it.",
            "n0-a1-label": "No",
            "n0-a1-to": f"team:{team.pk}",
        },
    )
    answers = tree_of(script)["nodes"]["q1"]["answers"]
    assert answers == [
        {"label": "Yes", "remedy": "Restart it."},
        {"label": "No", "team": team.pk},
    ]
    attempt = reverse("admin-script-try", args=[script.pk])
    assert "Restart it." in admin.post(attempt, {"answer": "0"}).content.decode()
    assert "To the team Network" in admin.post(attempt, {"answer": "1"}).content.decode()
