"""What is wrong with a tree or a matrix, in sentences that say how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from ansvar.catalogue.decisions import Fault, FaultKind, MatrixFault, MatrixFaultKind, Tree

LONGEST_QUOTE = 60

FAULTS: dict[FaultKind, tuple[Promise, Promise]] = {
    FaultKind.NO_QUESTIONS: (
        _("There is no question yet."),
        _("Write the first question."),
    ),
    FaultKind.UNKNOWN_START: (
        _("It is not said which question comes first."),
        _("Choose the first question."),
    ),
    FaultKind.UNREACHABLE: (
        _("No answer leads to the question {node}."),
        _("Let an answer lead here, or delete the question."),
    ),
    FaultKind.CYCLE: (
        _("The questions go round in a circle: {cycle}."),
        _("Let one of these answers lead elsewhere."),
    ),
    FaultKind.EMPTY_QUESTION: (
        _("The question {node} has no text."),
        _("Write what the agent should ask."),
    ),
    FaultKind.NO_ANSWERS: (
        _("The question {node} has no answers."),
        _("Add at least one answer."),
    ),
    FaultKind.TOO_MANY_ANSWERS: (
        _("The question {node} has more than nine answers; the keys go from 1 to 9."),
        _("Put a question in between."),
    ),
    FaultKind.EMPTY_ANSWER: (
        _("Answer {answer} of {node} has no text."),
        _("Write it, or delete the answer."),
    ),
    FaultKind.SAME_ANSWER: (
        _("Answer {answer} of {node} says the same as one before it."),
        _("Word it in another way, or delete it."),
    ),
    FaultKind.UNKNOWN_TARGET: (
        _("Answer {answer} of {node} leads to “{target}”, which does not exist."),
        _("Choose where it leads."),
    ),
    FaultKind.DEAD_END: (
        _("Answer {answer} of {node} leads nowhere."),
        _("Choose the next question, or what it ends with."),
    ),
    FaultKind.TWO_WAYS: (
        _("Answer {answer} of {node} both ends and leads on."),
        _("Choose one of the two."),
    ),
    FaultKind.BAD_IMPACT: (
        _("Answer {answer} of {node} gives an impact that does not exist."),
        _("Choose one from 1 to 4."),
    ),
    FaultKind.WRONG_END: (
        _("Answer {answer} of {node} ends with what this kind of script does not give."),
        _("End an impact script with an impact, a support script with a remedy or a team."),
    ),
}

MATRIX_FAULTS: dict[MatrixFaultKind, Promise] = {
    MatrixFaultKind.OUT_OF_RANGE: _(
        "Impact {impact} with urgency {urgency} has P{priority}. Choose one from P1 to P5."
    ),
    MatrixFaultKind.LOWER_THAN_LESS_IMPACT: _(
        "Impact {impact} with urgency {urgency} has P{priority}, but impact {less_impact}, which"
        " is less harm, has P{neighbour}. More harm cannot come later: make it P{neighbour} or"
        " higher."
    ),
    MatrixFaultKind.LOWER_THAN_LESS_URGENCY: _(
        "Impact {impact} with urgency {urgency} has P{priority}, but urgency {less_urgency}, where"
        " harm grows slower, has P{neighbour}. Faster harm cannot come later: make it"
        " P{neighbour} or higher."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A fault in words."""

    node: str
    answer: int | None
    what: str
    how: str

    @override
    def __str__(self) -> str:
        return f"{self.what} {self.how}"


def explain_faults(faults: Iterable[Fault], tree: Tree) -> list[Explained]:
    """Put the faults of a tree into words that quote its questions."""
    explained = []
    for fault in faults:
        what, how = FAULTS[fault.kind]
        words = {
            "node": _quoted(fault.node, tree),
            "answer": "" if fault.answer is None else fault.answer + 1,
            "target": fault.target,
            "cycle": " → ".join(_quoted(name, tree) for name in fault.cycle),
        }
        explained.append(
            Explained(
                node=fault.node,
                answer=fault.answer,
                what=str(what).format(**words),
                how=str(how),
            )
        )
    return explained


def explain_matrix_fault(fault: MatrixFault) -> str:
    """Put the fault of a cell into words."""
    return str(MATRIX_FAULTS[fault.kind]).format(
        impact=fault.impact,
        urgency=fault.urgency,
        priority=fault.priority,
        neighbour=fault.neighbour,
        less_impact=fault.impact + 1,
        less_urgency=fault.urgency + 1,
    )


def _quoted(name: str, tree: Tree) -> str:
    node = tree.nodes.get(name)
    text = node.question.strip() if node else ""
    if len(text) > LONGEST_QUOTE:
        text = text[: LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{text or name}”"
