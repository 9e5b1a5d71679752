"""The whole source keeps the project's rules, and each rule fails when it should."""

from collections.abc import Callable

import pytest
import rules

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 60
BROKEN: dict[str, tuple[Callable[[str, str], list[str]], str]] = {
    "long file": (rules.long_files, "x = 1\n" * 501),
    "long function": (rules.long_functions, LONG_FUNCTION),
    "hidden import": (rules.local_imports_without_reason, "def f():\n    import json\n"),
    "write in a query": (rules.writes_outside_commands, "Ticket.objects.create(subject='x')\n"),
    "save in a view": (rules.writes_outside_commands, "ticket.save()\n"),
    "update in a view": (rules.writes_outside_commands, "T.objects.filter(pk=1).update(a=1)\n"),
}
KEPT: dict[str, tuple[Callable[[str, str], list[str]], str]] = {
    "file just short enough": (rules.long_files, "x = 1\n" * 500),
    "function just short enough": (rules.long_functions, "def f():\n" + "    x = 1\n" * 59),
    "import with a reason": (
        rules.local_imports_without_reason,
        "def f():\n    # Imported late because it is heavy.\n    import json\n",
    ),
    "dict in a query": (rules.writes_outside_commands, "found.update(a=1)\n"),
    "hash in a query": (rules.writes_outside_commands, "hashlib.sha256().update(b'')\n"),
}
RULES = [
    rules.long_files,
    rules.long_functions,
    rules.local_imports_without_reason,
    rules.writes_outside_commands,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule: Callable[[str, str], list[str]]):
    assert [finding for path, text in rules.sources() for finding in rule(path, text)] == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found(name: str):
    rule, text = BROKEN[name]
    assert rule("tickets/queries.py", text)


@pytest.mark.parametrize("name", KEPT)
def test_what_keeps_the_rule_is_not_found(name: str):
    rule, text = KEPT[name]
    assert rule("tickets/queries.py", text) == []


def test_commands_may_write():
    assert rules.writes_outside_commands("tickets/commands/x.py", "ticket.save()\n") == []


def test_no_module_has_a_name_that_says_nothing():
    found = [
        finding
        for path, _ in rules.sources()
        for finding in rules.mentions_of_colliding_names(path)
    ]
    assert found == []
    assert rules.mentions_of_colliding_names("tickets/utils.py")
