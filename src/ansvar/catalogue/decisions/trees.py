"""Question trees: how they are written, what can be wrong with them, how they are walked.

A tree as it is stored:

    {"start": "reach", "nodes": {
        "reach": {"question": "Who cannot work?", "help": "", "answers": [
            {"label": "Nobody at the site", "impact": 1},
            {"label": "Some people", "next": "way-around"}]},
        ...}}

An answer leads on to a node by `next`, or ends the walk: in an impact script by `impact`, in a
support script by `remedy` (a text) or `team` (an id).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ansvar.kernel.refusal import Refusal, said

MOST_ANSWERS = 9
"""One per number key."""
IMPACTS = range(1, 5)
EMPTY_TREE: Mapping[str, Any] = {"start": "", "nodes": {}}


class Purpose(StrEnum):
    """What the answers of a script lead to."""

    IMPACT = "impact"
    SUPPORT = "support"


class BadTree(Refusal):
    """Something that is no tree at all; the text names the node."""


class BadAnswer(Refusal):
    """An answer that the question does not have, or one after the end."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One way to go on from a question, or an end."""

    label: str
    help: str = ""
    next: str = ""
    impact: int | None = None
    remedy: str = ""
    team_id: int | None = None

    @property
    def is_end(self) -> bool:
        """Whether the walk ends here with something."""
        return self.impact is not None or bool(self.remedy.strip()) or self.team_id is not None


@dataclass(frozen=True, kw_only=True)
class Node:
    """One question with its answers."""

    id: str
    question: str
    help: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All questions of a script and the one to begin with."""

    start: str
    nodes: Mapping[str, Node]

    def stored(self) -> dict[str, Any]:
        """Return the JSON form; empty parts are left out."""
        return {
            "start": self.start,
            "nodes": {
                node.id: {
                    "question": node.question,
                    **({"help": node.help} if node.help else {}),
                    "answers": [_stored_answer(answer) for answer in node.answers],
                }
                for node in self.nodes.values()
            },
        }


class FaultKind(StrEnum):
    """What can be wrong with a tree."""

    NO_QUESTIONS = "no_questions"
    UNKNOWN_START = "unknown_start"
    UNREACHABLE = "unreachable"
    CYCLE = "cycle"
    EMPTY_QUESTION = "empty_question"
    NO_ANSWERS = "no_answers"
    TOO_MANY_ANSWERS = "too_many_answers"
    EMPTY_ANSWER = "empty_answer"
    SAME_ANSWER = "same_answer"
    UNKNOWN_TARGET = "unknown_target"
    DEAD_END = "dead_end"
    TWO_WAYS = "two_ways"
    BAD_IMPACT = "bad_impact"
    WRONG_END = "wrong_end"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that keeps a tree from being published, and where."""

    kind: FaultKind
    node: str = ""
    answer: int | None = None
    """The number of the answer, from 0."""
    target: str = ""
    cycle: tuple[str, ...] = ()
    """The nodes on a circle, the first again at the end."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A question that was answered."""

    node: str
    question: str
    number: int
    """The number of the answer, from 0."""
    answer: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A walk that has come to a question."""

    node: Node
    path: tuple[Said, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A walk that has come to its end."""

    impact: int | None = None
    remedy: str = ""
    team_id: int | None = None
    path: tuple[Said, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NodeChange:
    """How a question differs between two trees; nothing on a side where it is missing."""

    node: str
    before: Node | None
    after: Node | None


def parse_tree(stored: Any) -> Tree:
    """Read a tree as it is stored. What is merely unfinished is left to `check_tree`.

    Raises: BadTree.
    """
    if not isinstance(stored, dict) or not isinstance(stored.get("nodes"), dict):
        raise BadTree(said("A script is an object with “start” and “nodes”."))
    start = stored.get("start", "")
    if not isinstance(start, str):
        raise BadTree(said("“start” is the name of a question."))
    nodes = {name: _node(name, stored["nodes"][name]) for name in sorted(stored["nodes"])}
    return Tree(start=start, nodes=_in_order(start, nodes))


def _in_order(start: str, nodes: dict[str, Node]) -> dict[str, Node]:
    """Return the nodes as a reader meets them, those that no answer leads to at the end.

    The database keeps no order of names, so the order has to follow from the tree itself.
    """
    waiting = [*reversed(nodes), start]
    ordered: dict[str, Node] = {}
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in ordered:
            ordered[name] = nodes[name]
            waiting += [answer.next for answer in reversed(nodes[name].answers)]
    return ordered


def _node(name: str, stored: Any) -> Node:
    if not isinstance(stored, dict):
        raise BadTree(said("The question “%(name)s” is no object."), name=name)
    answers = stored.get("answers", [])
    if not isinstance(answers, list):
        raise BadTree(said("The answers of “%(name)s” are no list."), name=name)
    return Node(
        id=name,
        question=_text(stored, "question", name),
        help=_text(stored, "help", name),
        answers=tuple(_answer(answer, name) for answer in answers),
    )


def _answer(stored: Any, node: str) -> Answer:
    if not isinstance(stored, dict):
        raise BadTree(said("An answer of “%(node)s” is no object."), node=node)
    return Answer(
        label=_text(stored, "label", node),
        help=_text(stored, "help", node),
        next=_text(stored, "next", node),
        impact=_number(stored, "impact", node),
        remedy=_text(stored, "remedy", node),
        team_id=_number(stored, "team", node),
    )


def _text(stored: dict[str, Any], key: str, node: str) -> str:
    value = stored.get(key, "")
    if not isinstance(value, str):
        raise BadTree(said("“%(key)s” of “%(node)s” is no text."), key=key, node=node)
    return value


def _number(stored: dict[str, Any], key: str, node: str) -> int | None:
    value = stored.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise BadTree(said("“%(key)s” of “%(node)s” is no whole number."), key=key, node=node)


def _stored_answer(answer: Answer) -> dict[str, Any]:
    parts = {
        "label": answer.label,
        "help": answer.help,
        "next": answer.next,
        "impact": answer.impact,
        "remedy": answer.remedy,
        "team": answer.team_id,
    }
    return {key: value for key, value in parts.items() if key == "label" or value not in ("", None)}


def check_tree(tree: Tree, purpose: Purpose = Purpose.IMPACT) -> list[Fault]:
    """Return everything that keeps a tree from being published, in the order of its questions.

    A tree without faults ends every walk, whatever is answered, with what its purpose asks for.
    """
    if not tree.nodes:
        return [Fault(kind=FaultKind.NO_QUESTIONS)]
    faults = []
    if tree.start not in tree.nodes:
        faults.append(Fault(kind=FaultKind.UNKNOWN_START, target=tree.start))
    else:
        reached = _reached(tree)
        faults += [
            Fault(kind=FaultKind.UNREACHABLE, node=name)
            for name in tree.nodes
            if name not in reached
        ]
    if cycle := _cycle(tree):
        faults.append(Fault(kind=FaultKind.CYCLE, node=cycle[0], cycle=cycle))
    for node in tree.nodes.values():
        faults += _faults_of_node(node)
        for number, answer in enumerate(node.answers):
            faults += [
                Fault(kind=kind, node=node.id, answer=number, target=answer.next)
                for kind in _faults_of_answer(answer, tree, purpose)
            ]
    return faults


def _faults_of_node(node: Node) -> Iterator[Fault]:
    if not node.question.strip():
        yield Fault(kind=FaultKind.EMPTY_QUESTION, node=node.id)
    if not node.answers:
        yield Fault(kind=FaultKind.NO_ANSWERS, node=node.id)
    if len(node.answers) > MOST_ANSWERS:
        yield Fault(kind=FaultKind.TOO_MANY_ANSWERS, node=node.id)
    labels = [" ".join(answer.label.split()).casefold() for answer in node.answers]
    for number, label in enumerate(labels):
        if label and label in labels[:number]:
            yield Fault(kind=FaultKind.SAME_ANSWER, node=node.id, answer=number)


def _faults_of_answer(answer: Answer, tree: Tree, purpose: Purpose) -> Iterator[FaultKind]:
    if not answer.label.strip():
        yield FaultKind.EMPTY_ANSWER
    if answer.next and answer.is_end:
        yield FaultKind.TWO_WAYS
    elif answer.next and answer.next not in tree.nodes:
        yield FaultKind.UNKNOWN_TARGET
    elif not answer.next and not answer.is_end:
        yield FaultKind.DEAD_END
    elif not answer.next and (answer.impact is None) is (purpose is Purpose.IMPACT):
        yield FaultKind.WRONG_END
    if answer.impact is not None and answer.impact not in IMPACTS:
        yield FaultKind.BAD_IMPACT


def _targets(tree: Tree, name: str) -> list[str]:
    return [answer.next for answer in tree.nodes[name].answers if answer.next in tree.nodes]


def _reached(tree: Tree) -> set[str]:
    reached, waiting = {tree.start}, [tree.start]
    while waiting:
        for target in _targets(tree, waiting.pop()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _cycle(tree: Tree) -> tuple[str, ...]:
    """Return one circle of questions, the first again at the end, or nothing."""
    done: set[str] = set()
    for root in tree.nodes:
        if root in done:
            continue
        trail = [root]
        waiting = [iter(_targets(tree, root))]
        while waiting:
            target = next(waiting[-1], None)
            if target is None:
                done.add(trail.pop())
                waiting.pop()
            elif target in trail:
                return (*trail[trail.index(target) :], target)
            elif target not in done:
                trail.append(target)
                waiting.append(iter(_targets(tree, target)))
    return ()


def walk(tree: Tree, answers: Sequence[int]) -> Step | Outcome:
    """Return where *answers*, numbered from 0, lead: to the next question or to an end.

    Raises: BadAnswer; BadTree where the tree leads nowhere, which a published one never does.
    """
    path: list[Said] = []
    here = _at(tree, tree.start)
    for given, number in enumerate(answers):
        if not 0 <= number < len(here.answers):
            raise BadAnswer(
                said("“%(question)s” has no answer %(number)s. Answer it anew."),
                question=here.question,
                number=number + 1,
            )
        answer = here.answers[number]
        path.append(Said(node=here.id, question=here.question, number=number, answer=answer.label))
        if answer.next:
            here = _at(tree, answer.next)
            continue
        if given < len(answers) - 1:
            raise BadAnswer(
                said("“%(label)s” is the end; there is nothing more to answer."), label=answer.label
            )
        if not answer.is_end:
            raise BadTree(
                said("The answer “%(label)s” of “%(id)s” leads nowhere."),
                label=answer.label,
                id=here.id,
            )
        return Outcome(
            impact=answer.impact,
            remedy=answer.remedy,
            team_id=answer.team_id,
            path=tuple(path),
        )
    return Step(node=here, path=tuple(path))


def _at(tree: Tree, name: str) -> Node:
    if name not in tree.nodes:
        raise BadTree(said("There is no question “%(name)s” to go to."), name=name)
    return tree.nodes[name]


def compare_trees(before: Tree, after: Tree) -> list[NodeChange]:
    """Return the questions that differ, in the order of *after*, those that are gone at the end."""
    names = [*after.nodes, *(name for name in before.nodes if name not in after.nodes)]
    pairs = [(name, before.nodes.get(name), after.nodes.get(name)) for name in names]
    return [NodeChange(node=name, before=old, after=new) for name, old, new in pairs if old != new]
