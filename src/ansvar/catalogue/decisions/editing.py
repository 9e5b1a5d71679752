"""Changing a question tree step by step, as an editor does; every step gives a new tree."""

from collections.abc import Iterable
from dataclasses import replace

from ansvar.catalogue.decisions.trees import Answer, BadTree, Node, Tree
from ansvar.kernel.refusal import said

NEW_QUESTION = "+"
"""As the target of an answer: make a question and lead there."""


def free_name(tree: Tree) -> str:
    """Return a name that no question has: q1, q2, ..."""
    number = len(tree.nodes) + 1
    while f"q{number}" in tree.nodes:
        number += 1
    return f"q{number}"


def with_question(tree: Tree) -> tuple[Tree, str]:
    """Return the tree with an empty question at its end, and the question's name.

    The first question of all is the one to begin with.
    """
    name = free_name(tree)
    node = Node(id=name, question="", answers=(Answer(label=""),))
    start = tree.start if tree.start in tree.nodes else name
    return Tree(start=start, nodes={**tree.nodes, name: node}), name


def without_question(tree: Tree, name: str) -> Tree:
    """Return the tree without a question; answers that led there lead nowhere, and say so."""
    nodes = {
        other.id: replace(
            other,
            answers=tuple(
                replace(answer, next="") if answer.next == name else answer
                for answer in other.answers
            ),
        )
        for other in tree.nodes.values()
        if other.id != name
    }
    start = tree.start if tree.start != name else next(iter(nodes), "")
    return Tree(start=start, nodes=nodes)


def with_answers(tree: Tree, name: str, answers: Iterable[Answer]) -> Tree:
    """Return the tree with other answers of a question.

    Raises: BadTree for a question that is not there.
    """
    if name not in tree.nodes:
        raise BadTree(said("There is no question “%(name)s”."), name=name)
    node = replace(tree.nodes[name], answers=tuple(answers))
    return Tree(start=tree.start, nodes={**tree.nodes, name: node})


def with_answer(tree: Tree, name: str) -> Tree:
    """Return the tree with one more, empty answer of a question.

    Raises: BadTree for a question that is not there.
    """
    return with_answers(tree, name, [*_answers(tree, name), Answer(label="")])


def without_answer(tree: Tree, name: str, number: int) -> Tree:
    """Return the tree without an answer.

    Raises: BadTree for a question that is not there.
    """
    kept = [answer for at, answer in enumerate(_answers(tree, name)) if at != number]
    return with_answers(tree, name, kept)


def with_answer_raised(tree: Tree, name: str, number: int) -> Tree:
    """Return the tree with an answer one place earlier, nearer to key 1.

    Raises: BadTree for a question that is not there.
    """
    answers = list(_answers(tree, name))
    if 0 < number < len(answers):
        answers[number - 1], answers[number] = answers[number], answers[number - 1]
    return with_answers(tree, name, answers)


def with_targets_made(tree: Tree) -> tuple[Tree, str]:
    """Return the tree with a new question for each answer that asks for one, and the last name."""
    last = ""
    for node in list(tree.nodes.values()):
        for number, answer in enumerate(node.answers):
            if answer.next == NEW_QUESTION:
                tree, last = with_question(tree)
                answers = list(_answers(tree, node.id))
                answers[number] = replace(answer, next=last)
                tree = with_answers(tree, node.id, answers)
    return tree, last


def _answers(tree: Tree, name: str) -> tuple[Answer, ...]:
    return tree.nodes[name].answers if name in tree.nodes else ()
