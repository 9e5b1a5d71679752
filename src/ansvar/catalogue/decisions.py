"""Question trees, weight of sites and the priority matrix: pure, without database or clock."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

LEVELS = range(1, 5)
PRIORITIES = range(1, 6)
MOST_ANSWERS = 9
"""Each answer has a key from 1 to 9."""

DEFAULT_CELLS: list[list[int]] = [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 5], [4, 5, 5, 5]]
"""Rows are impact 1 to 4, columns urgency 1 to 4."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: it leads to another question, or ends the tree."""

    label: str
    help: str = ""
    next: str | None = None
    """Id of the question that follows."""
    impact: int | None = None
    """Where an impact script ends: 1 (whole business stopped) to 4 (one person hindered)."""
    remedy: str = ""
    """Where a support script ends: what helps, or who to ask."""

    @property
    def is_end(self) -> bool:
        """Whether the tree ends here."""
        return self.impact is not None or bool(self.remedy)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question with its answers in the order of their keys."""

    question: str
    help: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A question tree; *start* is the id of the first question."""

    start: str
    nodes: dict[str, Question]

    def stored(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a tree, where, and how to mend it."""

    node: str
    what: str
    mend: str

    def sentence(self) -> str:
        """Return it for a person."""
        return f"{self.node}: {self.what} {self.mend}" if self.node else f"{self.what} {self.mend}"


class NotATree(Exception):
    """What was given cannot be read as a question tree; the text names the place."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One answered question, in words."""

    node: str
    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Open:
    """The walk has come to a question that is not answered yet."""

    node: str
    question: Question
    path: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The walk has come to an end."""

    impact: int | None
    remedy: str
    path: tuple[Step, ...]


def parse_tree(stored: Any) -> Tree:
    """Read a tree from its JSON form.

    Raises: NotATree.
    """
    if not isinstance(stored, dict) or not isinstance(stored.get("nodes"), dict):
        raise NotATree('A tree is an object with "start" and "nodes".')
    nodes = {str(key): _question(str(key), value) for key, value in stored["nodes"].items()}
    return Tree(start=str(stored.get("start", "")), nodes=nodes)


def _question(node: str, stored: Any) -> Question:
    if not isinstance(stored, dict) or not isinstance(stored.get("answers", []), list | tuple):
        raise NotATree(f'Question {node} is not an object with "question" and "answers".')
    answers = tuple(
        _answer(node, number, value) for number, value in enumerate(stored.get("answers", ()), 1)
    )
    return Question(
        question=_text(stored.get("question")), help=_text(stored.get("help")), answers=answers
    )


def _answer(node: str, number: int, stored: Any) -> Answer:
    if not isinstance(stored, dict):
        raise NotATree(f"Answer {number} of question {node} is not an object.")
    impact = stored.get("impact")
    if impact is not None and (isinstance(impact, bool) or not isinstance(impact, int)):
        raise NotATree(f"The impact of answer {number} of question {node} is not a whole number.")
    following = stored.get("next")
    return Answer(
        label=_text(stored.get("label")),
        help=_text(stored.get("help")),
        next=None if following in (None, "") else str(following),
        impact=impact,
        remedy=_text(stored.get("remedy")),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def check_tree(tree: Tree, *, wants_impact: bool = True) -> list[Fault]:
    """Return everything that keeps a tree from being used; nothing means that it is whole."""
    faults = [] if tree.nodes else [_fault("", "There is no question.", "Write the first one.")]
    if tree.nodes and tree.start not in tree.nodes:
        faults.append(
            _fault("", "The tree has no first question.", "Choose with which question it starts.")
        )
    for node, question in tree.nodes.items():
        faults += _faults_of(node, question, tree, wants_impact=wants_impact)
    if tree.start in tree.nodes:
        faults += _unreachable(tree)
        faults += _cycles(tree)
    return faults


def _fault(node: str, what: str, mend: str) -> Fault:
    return Fault(node=node, what=what, mend=mend)


def _faults_of(node: str, question: Question, tree: Tree, *, wants_impact: bool) -> Iterator[Fault]:
    if not question.question:
        yield _fault(node, "The question has no words.", "Write what the agent shall ask.")
    if not question.answers:
        yield _fault(node, "The question has no answers.", "Add at least one.")
    if len(question.answers) > MOST_ANSWERS:
        yield _fault(
            node,
            f"The question has {len(question.answers)} answers.",
            f"Keep at most {MOST_ANSWERS}: each has a key.",
        )
    for number, answer in enumerate(question.answers, 1):
        yield from _faults_of_answer(node, number, answer, tree, wants_impact=wants_impact)


def _faults_of_answer(
    node: str, number: int, answer: Answer, tree: Tree, *, wants_impact: bool
) -> Iterator[Fault]:
    if not answer.label:
        yield _fault(node, f"Answer {number} has no words.", "Write it, or remove it.")
    if answer.next is not None and answer.is_end:
        yield _fault(
            node, f"Answer {number} both ends and goes on.", "Choose a next question or an end."
        )
    if answer.next is not None and answer.next not in tree.nodes:
        yield _fault(
            node,
            f"Answer {number} leads to question {answer.next}, which does not exist.",
            "Choose another question.",
        )
    if answer.next is None and not answer.is_end:
        yield _fault(
            node, f"Answer {number} leads nowhere.", "Choose a next question or give an impact."
        )
    if answer.impact is not None and answer.impact not in LEVELS:
        yield _fault(node, f"Answer {number} gives impact {answer.impact}.", "Use 1 to 4.")
    if wants_impact and answer.next is None and answer.impact is None and answer.remedy:
        yield _fault(node, f"Answer {number} gives no impact.", "An impact script ends in one.")


def _unreachable(tree: Tree) -> list[Fault]:
    seen: set[str] = set()
    todo = [tree.start]
    while todo:
        node = todo.pop()
        if node in seen or node not in tree.nodes:
            continue
        seen.add(node)
        todo += [answer.next for answer in tree.nodes[node].answers if answer.next]
    return [
        _fault(node, "No answer leads here.", "Lead an answer to it, or remove it.")
        for node in tree.nodes
        if node not in seen
    ]


def _cycles(tree: Tree) -> list[Fault]:
    faults: list[Fault] = []
    done: set[str] = set()

    def visit(node: str, above: tuple[str, ...]) -> None:
        if node in above:
            loop = " → ".join([*above[above.index(node) :], node])
            faults.append(
                _fault(node, f"The questions go in a circle: {loop}.", "Lead one answer elsewhere.")
            )
            return
        if node in done or node not in tree.nodes:
            return
        for answer in tree.nodes[node].answers:
            if answer.next:
                visit(answer.next, (*above, node))
        done.add(node)

    visit(tree.start, ())
    return faults


def walk(tree: Tree, answers: Sequence[int]) -> Open | Outcome:
    """Follow *answers*, numbers counted from 0, from the first question on.

    Numbers after the end are ignored.

    Raises: NotATree for an answer that does not exist.
    """
    node = tree.start
    path: tuple[Step, ...] = ()
    for number in answers:
        question = _node(tree, node)
        if not 0 <= number < len(question.answers):
            raise NotATree(f"Question {node} has no answer {number + 1}.")
        answer = question.answers[number]
        path = (*path, Step(node=node, question=question.question, answer=answer.label))
        if answer.next is None:
            return Outcome(impact=answer.impact, remedy=answer.remedy, path=path)
        node = answer.next
    return Open(node=node, question=_node(tree, node), path=path)


def _node(tree: Tree, node: str) -> Question:
    if node not in tree.nodes:
        raise NotATree(f"There is no question {node}.")
    return tree.nodes[node]


def weigh(impact: int, share: Decimal | int, raise_from: Decimal | None) -> tuple[int, bool]:
    """Raise the impact by one step where the site carries at least *raise_from* per cent.

    Returns the impact and whether it was raised; 1 is the highest and cannot be.
    """
    if raise_from is None or share < raise_from or impact <= 1:
        return impact, False
    return impact - 1, True


def priority_of(impact: int, urgency: int, cells: Sequence[Sequence[int]]) -> int:
    """Return the priority that the matrix gives."""
    return cells[impact - 1][urgency - 1]


def check_matrix(cells: Any) -> list[str]:
    """Return what is wrong with a matrix, naming the cell; nothing means that it can be used.

    Higher impact or urgency must never make a lower priority: nobody could defend that.
    """
    size = len(LEVELS)
    if not isinstance(cells, list) or [len(row) for row in cells] != [size] * size:
        return ["The matrix needs four rows of four priorities."]
    faults = []
    for row in range(size):
        for column in range(size):
            value = cells[row][column]
            name = f"Impact {row + 1} with urgency {column + 1}"
            if isinstance(value, bool) or value not in PRIORITIES:
                faults.append(f"{name} needs a priority from 1 to 5, not {value!r}.")
                continue
            if row and cells[row - 1][column] > value:
                faults.append(f"{name} makes P{value}, more than the higher impact {row} does.")
            if column and cells[row][column - 1] > value:
                faults.append(f"{name} makes P{value}, more than the higher urgency {column} does.")
    return faults
