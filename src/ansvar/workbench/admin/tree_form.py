"""Between a question tree and the one form in which it is edited."""

import hashlib
import json
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from ansvar.catalogue.decisions import Answer, Node, Purpose, Tree
from ansvar.catalogue.decisions.editing import (
    NEW_QUESTION,
    with_answer,
    with_answer_raised,
    with_question,
    with_targets_made,
    without_answer,
    without_question,
)
from ansvar.catalogue.decisions.trees import IMPACTS
from ansvar.people.models import Team

MOST_QUESTIONS = 200
MOST_ANSWERS_READ = 30
LONGEST_QUOTE = 50


def fingerprint_of(tree: Tree) -> str:
    """Return a short mark of a tree, by which a stale form is known."""
    text = json.dumps(tree.stored(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_tree(sent: QueryDict) -> Tree:
    """Read the tree that a form sent, unfinished as it may be."""
    nodes: dict[str, Node] = {}
    for number in range(MOST_QUESTIONS):
        name = sent.get(f"n{number}-id")
        if not name:
            break
        nodes[name] = Node(
            id=name,
            question=sent.get(f"n{number}-question", "").strip(),
            help=sent.get(f"n{number}-help", "").strip(),
            answers=tuple(_read_answers(sent, f"n{number}")),
        )
    return Tree(start=sent.get("start", ""), nodes=nodes)


def _read_answers(sent: QueryDict, node: str) -> list[Answer]:
    answers = []
    for number in range(MOST_ANSWERS_READ):
        start = f"{node}-a{number}"
        if f"{start}-label" not in sent:
            break
        kind, _sep, value = sent.get(f"{start}-to", "").partition(":")
        answers.append(
            Answer(
                label=sent.get(f"{start}-label", "").strip(),
                help=sent.get(f"{start}-help", "").strip(),
                next=value if kind == "question" else "",
                impact=int(value) if kind == "impact" and value.isdecimal() else None,
                remedy=sent.get(f"{start}-remedy", "").strip() if kind == "remedy" else "",
                team_id=int(value) if kind == "team" and value.isdecimal() else None,
            )
        )
    return answers


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A tree after a step of the editor, and where the eyes should go."""

    tree: Tree
    focus: str = ""


def edited(tree: Tree, step: str) -> Edited:
    """Return *tree* after the step that a button names, such as `add-answer:q1`.

    Raises: BadTree for a question that is not there.
    """
    what, _sep, rest = step.partition(":")
    name, _sep, number = rest.partition("#")
    at = int(number) if number.isdecimal() else 0
    focus = name
    if what == "add-question":
        tree, focus = with_question(tree)
    elif what == "delete-question":
        tree, focus = without_question(tree, name), ""
    elif what == "add-answer":
        tree = with_answer(tree, name)
    elif what == "delete-answer":
        tree = without_answer(tree, name, at)
    elif what == "raise-answer":
        tree = with_answer_raised(tree, name, at)
    tree, made = with_targets_made(tree)
    return Edited(tree=tree, focus=made or focus)


def chosen_target(answer: Answer) -> str:
    """Return the choice of `targets` that an answer stands on."""
    if answer.next:
        return f"question:{answer.next}"
    if answer.impact is not None:
        return f"impact:{answer.impact}"
    if answer.team_id is not None:
        return f"team:{answer.team_id}"
    return "remedy:" if answer.remedy else ""


def targets(
    tree: Tree, node: Node, *, purpose: Purpose, teams: list[Team]
) -> list[tuple[str, str]]:
    """Return where an answer of *node* may lead: ends, other questions, a new one."""
    found = [("", _("choose where it leads"))]
    if purpose is Purpose.IMPACT:
        words = impact_words()
        found += [(f"impact:{impact}", words[impact]) for impact in IMPACTS]
    else:
        found.append(("remedy:", _("ends: what helps, written below")))
        found += [
            (f"team:{team.pk}", _("ends: to the team %(team)s") % {"team": team.name})
            for team in teams
        ]
    found += [
        (f"question:{other.id}", _("asks: %(question)s") % {"question": _quoted(other)})
        for other in tree.nodes.values()
        if other.id != node.id
    ]
    known = {value for value, _label in found}
    for answer in node.answers:
        value = chosen_target(answer)
        if value not in known:
            # Kept as it is until somebody chooses: the fault beside it says what is wrong.
            found.append((value, _("asks: %(name)s, which is not there") % {"name": answer.next}))
            known.add(value)
    return [*found, (f"question:{NEW_QUESTION}", _("asks a new question"))]


def impact_words() -> dict[int, str]:
    """Return what each impact means, as an end of a walk."""
    return {
        1: _("ends: impact 1, the whole business"),
        2: _("ends: impact 2, a whole site or team"),
        3: _("ends: impact 3, some people"),
        4: _("ends: impact 4, one person"),
    }


def _quoted(node: Node) -> str:
    text = node.question or node.id
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + "…"
