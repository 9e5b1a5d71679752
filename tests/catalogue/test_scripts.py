from decimal import Decimal

import pytest
from builders import (
    IMPACT_TREE,
    a_desk,
    a_person,
    a_published_script,
    a_script,
    a_service,
    a_team,
    acting,
    an_administrator,
    an_agent,
)
from django.core.exceptions import ValidationError
from journal_checks import facts_recorded, records_nothing

from ansvar.catalogue.commands import (
    DraftMissing,
    DraftNotTested,
    MatrixHasFaults,
    TreeHasFaults,
    WalkNotFinished,
    create_script,
    discard_draft,
    edit_script,
    publish_draft,
    restore_version,
    save_draft,
    set_matrix,
    try_draft,
)
from ansvar.catalogue.decisions import DEFAULT_CELLS, BadMatrix, Purpose
from ansvar.catalogue.models import Matrix, ScriptVersion
from ansvar.catalogue.queries import matrix_in_force, published_script
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted

pytestmark = pytest.mark.django_db
OTHER_TREE = {
    "start": "a",
    "nodes": {"a": {"question": "A?", "answers": [{"label": "x", "impact": 4}]}},
}


def states(script) -> list[tuple[int, str]]:
    return list(script.versions.order_by("number").values_list("number", "state"))


def test_a_script_goes_from_draft_over_a_test_into_force():
    script = a_script()
    with facts_recorded() as facts:
        save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
        outcome = try_draft(script.pk, [1, 0], by=SYSTEM)
        version = publish_draft(script.pk, by=SYSTEM)
    assert facts == ["script.draft_saved", "script.tested", "script.published"]
    assert outcome.impact == 2
    assert states(script) == [(1, "published")]
    assert version.published_at is not None


def test_the_same_draft_again_is_silent_and_so_is_the_second_test():
    script = a_script()
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    try_draft(script.pk, [0], by=SYSTEM)
    with records_nothing():
        save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
        try_draft(script.pk, [2], by=SYSTEM)
    assert script.versions.get().tested_at is not None


def test_a_changed_draft_has_to_be_tested_anew():
    script = a_script()
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    with pytest.raises(DraftNotTested):
        publish_draft(script.pk, by=SYSTEM)
    try_draft(script.pk, [0], by=SYSTEM)
    save_draft(script.pk, OTHER_TREE, by=SYSTEM)
    with pytest.raises(DraftNotTested):
        publish_draft(script.pk, by=SYSTEM)


def test_a_test_goes_to_an_end():
    script = a_script()
    save_draft(script.pk, IMPACT_TREE, by=SYSTEM)
    with pytest.raises(WalkNotFinished, match="another way"):
        try_draft(script.pk, [1], by=SYSTEM)


def test_a_tree_with_faults_is_kept_as_draft_and_not_published():
    script = a_script()
    tree = {**OTHER_TREE, "nodes": {"a": {"question": "A?", "answers": [{"label": "x"}]}}}
    save_draft(script.pk, tree, by=SYSTEM)
    with pytest.raises(TreeHasFaults, match="Answer 1 of “A\\?” leads nowhere") as refused:
        publish_draft(script.pk, by=SYSTEM)
    assert len(refused.value.faults) == 1


def test_publishing_replaces_and_an_old_version_never_changes():
    first = a_published_script()
    script = first.script
    save_draft(script.pk, OTHER_TREE, by=SYSTEM)
    assert states(script) == [(1, "published"), (2, "draft")]
    try_draft(script.pk, [0], by=SYSTEM)
    publish_draft(script.pk, by=SYSTEM)
    assert states(script) == [(1, "replaced"), (2, "published")]
    before = ScriptVersion.objects.get(pk=first.pk).tree
    restored = restore_version(first.pk, by=SYSTEM)
    assert (restored.number, restored.state, restored.tree) == (3, "draft", before)
    assert restored.tested_at is None


def test_a_draft_can_be_thrown_away():
    version = a_published_script()
    with pytest.raises(DraftMissing):
        discard_draft(version.script_id, by=SYSTEM)
    save_draft(version.script_id, OTHER_TREE, by=SYSTEM)
    with facts_recorded() as facts:
        discard_draft(version.script_id, by=SYSTEM)
    assert facts == ["script.draft_discarded"]
    assert states(version.script) == [(1, "published")]


def test_a_service_has_one_impact_script_and_many_support_scripts():
    service = a_service()
    a_script(service=service)
    with pytest.raises(ValidationError):
        a_script(service=service)
    a_script(service=service, purpose=Purpose.SUPPORT)
    a_script(service=service, purpose=Purpose.SUPPORT)


def test_a_desk_has_one_default_impact_script():
    desk = a_desk()
    a_script(desk)
    with pytest.raises(ValidationError):
        a_script(desk)


def test_scripts_are_written_by_those_who_know_the_service():
    desk = a_desk()
    owner, deputy = a_person(), a_person()
    first_line, second_line = a_team(desk, line=1), a_team(desk, line=2)
    service = a_service(desk, owner=owner, deputy=deputy, team=second_line)
    script = a_script(desk, service)
    allowed = [owner, deputy, an_agent(team=second_line), an_administrator(desk)]
    for number, person in enumerate(allowed):
        edit_script(script.pk, name=f"Script by {number}", by=acting(person))
    others = [an_agent(team=first_line), an_agent(team=a_team(desk, line=2)), a_person()]
    for person in others:
        with pytest.raises(NotPermitted):
            edit_script(script.pk, name="Else", by=acting(person))
        with pytest.raises(NotPermitted):
            save_draft(script.pk, IMPACT_TREE, by=acting(person))
        with pytest.raises(NotPermitted):
            create_script(desk=desk, service=service, name="New", by=acting(person))


def test_the_first_line_team_of_a_service_does_not_write_its_script():
    team = a_team(line=1)
    service = a_service(team.desk, team=team)
    with pytest.raises(NotPermitted):
        create_script(desk=team.desk, service=service, name="New", by=acting(an_agent(team=team)))


def test_the_default_of_a_desk_is_written_by_its_administrators():
    desk = a_desk()
    script = a_script(desk)
    with pytest.raises(NotPermitted):
        save_draft(script.pk, IMPACT_TREE, by=acting(an_agent(team=a_team(desk, line=2))))
    save_draft(script.pk, IMPACT_TREE, by=acting(an_administrator(desk)))


def test_a_service_without_own_script_uses_the_default_of_its_desk():
    desk = a_desk()
    own, bare = a_service(desk), a_service(desk)
    assert published_script(desk.pk, bare.pk) is None
    default = a_published_script(desk)
    version = a_published_script(desk, own)
    a_script(desk, a_service(desk))
    assert published_script(desk.pk, own.pk) == version
    assert published_script(desk.pk, bare.pk) == default
    assert published_script(desk.pk, None) == default
    assert published_script(a_desk().pk, None) is None


def test_a_desk_has_a_matrix_from_its_first_moment():
    with facts_recorded() as facts:
        desk = a_desk()
    assert [name for name in facts if not name.startswith("level.")] == [
        "calendar.created",
        "desk.created",
        "matrix.set",
    ]
    assert matrix_in_force(desk.pk).cells == [list(row) for row in DEFAULT_CELLS]


def test_a_matrix_is_changed_by_a_new_version():
    desk = a_desk()
    before = matrix_in_force(desk.pk)
    cells = [[1, 2, 3, 4], [2, 3, 4, 4], [3, 4, 4, 5], [4, 4, 5, 5]]
    after = set_matrix(desk.pk, cells=cells, raise_from_weight=Decimal("2.5"), by=SYSTEM)
    assert matrix_in_force(desk.pk) == after
    assert after.number == before.number + 1
    assert Matrix.objects.get(pk=before.pk).cells == before.cells
    with records_nothing():
        set_matrix(desk.pk, cells=cells, raise_from_weight=Decimal("2.500"), by=SYSTEM)


def test_a_matrix_that_contradicts_itself_is_refused():
    desk = a_desk()
    with pytest.raises(MatrixHasFaults, match="Impact 1 with urgency 1 has P5"):
        set_matrix(desk.pk, cells=[[5, 1, 1, 1]] * 4, by=SYSTEM)
    with pytest.raises(BadMatrix):
        set_matrix(desk.pk, cells=[], by=SYSTEM)
    for weight in (Decimal(0), Decimal(101)):
        with pytest.raises(ValidationError):
            set_matrix(desk.pk, cells=DEFAULT_CELLS, raise_from_weight=weight, by=SYSTEM)


def test_only_administrators_of_the_desk_set_its_matrix():
    desk = a_desk()
    for person in (an_agent(desk), an_administrator(a_desk())):
        with pytest.raises(NotPermitted):
            set_matrix(desk.pk, cells=DEFAULT_CELLS, by=acting(person))
