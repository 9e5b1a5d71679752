"""Every fact is told in words, documented, and survives a trip through the journal."""

from pathlib import Path

import pytest
from django.utils.functional import Promise

from ansvar.kernel.facts import Fact, facts
from ansvar.kernel.names import nouns

DOCS = Path(__file__).parents[2] / "docs"
OURS = [fact for fact in facts.values() if fact.__module__.startswith("ansvar.")]


def faults_of(fact: type[Fact]) -> list[str]:
    """What a reader of journals would miss."""
    found = []
    if not fact.sentence().endswith("."):
        found.append("its docstring does not begin with a sentence")
    if not isinstance(fact.wording, Promise) or not str(fact.wording).strip():
        found.append("it has no translatable wording")
    found += [f"nothing names a {n}" for n in fact.references().values() if n not in nouns]
    return found


@pytest.mark.parametrize("fact", OURS, ids=lambda fact: fact.name)
def test_a_fact_has_a_sentence_and_a_wording(fact: type[Fact]):
    assert faults_of(fact) == []


def test_a_fact_without_words_is_found():
    class Silent:
        name, wording = "silent.fact", ""

        @classmethod
        def sentence(cls) -> str:
            return ""

        @classmethod
        def references(cls) -> dict[str, str]:
            return {"ghost_id": "ghost"}

    assert len(faults_of(Silent)) == 3  # type: ignore[arg-type]  # only looks like a fact


@pytest.mark.parametrize("fact", OURS, ids=lambda fact: fact.name)
def test_a_fact_has_a_line_in_the_docs(fact: type[Fact]):
    lines = (DOCS / "facts.md").read_text()
    assert f"| `{fact.name}` |" in lines, "run `ansvar facts --markdown > docs/facts.md`"
