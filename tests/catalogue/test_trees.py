from typing import Any

import pytest
from builders import IMPACT_TREE
from hypothesis import given
from hypothesis import strategies as st

from ansvar.catalogue.decisions import (
    BadAnswer,
    BadTree,
    FaultKind,
    Outcome,
    Purpose,
    Step,
    Tree,
    check_tree,
    compare_trees,
    parse_tree,
    walk,
)
from ansvar.catalogue.explaining import FAULTS, explain_faults


def a_tree(start: str = "a", **nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "start": start,
        "nodes": {
            name: {"question": f"{name.upper()}?", "answers": answers}
            for name, answers in nodes.items()
        },
    }


def faults_of(tree: dict[str, Any], purpose: Purpose = Purpose.IMPACT) -> list[tuple[str, str]]:
    return [(fault.kind.value, fault.node) for fault in check_tree(parse_tree(tree), purpose)]


END = {"label": "end", "impact": 2}


def test_a_good_tree_has_no_faults():
    assert faults_of(IMPACT_TREE) == []


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"start": "", "nodes": {}}, [("no_questions", "")]),
        (a_tree("x", a=[END]), [("unknown_start", "")]),
        (a_tree(a=[END], b=[END]), [("unreachable", "b")]),
        (
            a_tree(a=[{"label": "to b", "next": "b"}, END], b=[{"label": "back", "next": "a"}]),
            [("cycle", "a")],
        ),
        (a_tree(a=[{"label": "again", "next": "a"}, END]), [("cycle", "a")]),
        (a_tree(a=[]), [("no_answers", "a")]),
        (
            a_tree(a=[{"label": str(number), "impact": 1} for number in range(10)]),
            [("too_many_answers", "a")],
        ),
        (a_tree(a=[{"label": "  ", "impact": 1}]), [("empty_answer", "a")]),
        (a_tree(a=[END, {"label": " END ", "impact": 1}]), [("same_answer", "a")]),
        (a_tree(a=[{"label": "x", "next": "nowhere"}]), [("unknown_target", "a")]),
        (a_tree(a=[{"label": "x"}]), [("dead_end", "a")]),
        (a_tree(a=[{"label": "x", "next": "b", "impact": 1}], b=[END]), [("two_ways", "a")]),
        (a_tree(a=[{"label": "x", "impact": 5}]), [("bad_impact", "a")]),
        (a_tree(a=[{"label": "x", "remedy": "Restart it."}]), [("wrong_end", "a")]),
        (
            {"start": "a", "nodes": {"a": {"question": " ", "answers": [END]}}},
            [("empty_question", "a")],
        ),
    ],
)
def test_a_fault_is_found_and_names_its_question(tree, expected):
    assert faults_of(tree) == expected


def test_a_support_script_ends_with_a_remedy_or_a_team_and_not_with_an_impact():
    tree = a_tree(a=[{"label": "x", "remedy": "Restart it."}, {"label": "y", "team": 4}])
    assert faults_of(tree, Purpose.SUPPORT) == []
    assert faults_of(a_tree(a=[END]), Purpose.SUPPORT) == [("wrong_end", "a")]


def test_every_fault_is_explained_with_its_question_and_what_to_do():
    tree = parse_tree(
        a_tree(a=[{"label": "to b", "next": "b"}, {"label": "x"}], b=[{"label": "y", "next": "a"}])
    )
    said = [str(words) for words in explain_faults(check_tree(tree), tree)]
    assert said == [
        (
            "The questions go round in a circle: “A?” → “B?” → “A?”."
            " Let one of these answers lead elsewhere."
        ),
        "Answer 2 of “A?” leads nowhere. Choose the next question, or what it ends with.",
    ]
    assert set(FAULTS) == set(FaultKind)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {"nodes": []},
        {"start": 3, "nodes": {}},
        {"start": "a", "nodes": {"a": 1}},
        {"start": "a", "nodes": {"a": {"answers": {}}}},
        {"start": "a", "nodes": {"a": {"answers": [1]}}},
        {"start": "a", "nodes": {"a": {"question": 1}}},
        {"start": "a", "nodes": {"a": {"answers": [{"label": "x", "impact": "1"}]}}},
        {"start": "a", "nodes": {"a": {"answers": [{"label": "x", "impact": True}]}}},
    ],
)
def test_what_is_no_tree_is_refused(stored):
    with pytest.raises(BadTree):
        parse_tree(stored)


def test_questions_stand_in_the_order_they_are_met():
    tree = a_tree(
        "z",
        a=[END],
        orphan=[END],
        z=[{"label": "first", "next": "m"}, {"label": "second", "next": "a"}],
        m=[END],
    )
    assert [*parse_tree(tree).nodes] == ["z", "m", "a", "orphan"]


@pytest.mark.parametrize(("answers", "impact"), [([0], 1), ([1, 0], 2), ([1, 1], 3), ([2], 4)])
def test_a_walk_ends_with_the_impact_of_its_answers(answers, impact):
    outcome = walk(parse_tree(IMPACT_TREE), answers)
    assert isinstance(outcome, Outcome)
    assert outcome.impact == impact
    assert [said.number for said in outcome.path] == answers


def test_an_unfinished_walk_stands_at_the_next_question_with_its_path():
    step = walk(parse_tree(IMPACT_TREE), [1])
    assert isinstance(step, Step)
    assert step.node.question == "Can they work in another way?"
    assert [(said.question, said.answer) for said in step.path] == [
        ("Who cannot work?", "Some people")
    ]


@pytest.mark.parametrize("answers", [[3], [-1], [0, 0]])
def test_an_answer_that_is_not_there_is_refused(answers):
    with pytest.raises(BadAnswer):
        walk(parse_tree(IMPACT_TREE), answers)


def test_walking_a_tree_that_leads_nowhere_is_refused():
    with pytest.raises(BadTree, match="nowhere"):
        walk(parse_tree(a_tree(a=[{"label": "x"}])), [0])
    with pytest.raises(BadTree, match="gone"):
        walk(parse_tree(a_tree(a=[{"label": "x", "next": "gone"}])), [0])


def test_comparing_names_new_changed_and_gone_questions():
    before = parse_tree(a_tree(a=[{"label": "x", "next": "b"}], b=[END]))
    after = parse_tree(a_tree(a=[{"label": "x", "next": "c"}], c=[END]))
    changes = compare_trees(before, after)
    assert [(c.node, c.before is None, c.after is None) for c in changes] == [
        ("a", False, False),
        ("c", True, False),
        ("b", False, True),
    ]
    assert compare_trees(before, before) == []


NAMES = st.sampled_from("abcd")
ANSWERS = st.fixed_dictionaries(
    {"label": st.sampled_from(["x", "y", "z", ""])},
    optional={"next": st.sampled_from("abcde"), "impact": st.integers(0, 5)},
)
TREES = st.fixed_dictionaries(
    {
        "start": NAMES,
        "nodes": st.dictionaries(
            NAMES,
            st.fixed_dictionaries(
                {"question": st.sampled_from(["Q?", ""]), "answers": st.lists(ANSWERS, max_size=3)}
            ),
        ),
    }
)


def ends_everywhere(tree: Tree) -> bool:
    waiting: list[list[int]] = [[]]
    while waiting:
        answers = waiting.pop()
        here = walk(tree, answers)
        if isinstance(here, Outcome):
            if here.impact not in range(1, 5):
                return False
        elif len(answers) > len(tree.nodes) or not here.node.answers:
            return False
        else:
            waiting += [[*answers, number] for number in range(len(here.node.answers))]
    return True


@given(TREES)
def test_a_tree_without_faults_ends_every_walk_with_an_impact(stored):
    tree = parse_tree(stored)
    if not check_tree(tree):
        assert ends_everywhere(tree)


@given(TREES)
def test_a_tree_comes_back_from_storage_as_it_was(stored):
    tree = parse_tree(stored)
    assert parse_tree(tree.stored()) == tree
    assert [*parse_tree(tree.stored()).nodes] == [*tree.nodes]
