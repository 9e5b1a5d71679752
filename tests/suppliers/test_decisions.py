"""What a mail says about its task: references, senders, answers."""

import pytest

from ansvar.suppliers.decisions import (
    Came,
    TaskState,
    fault_of_pattern,
    is_answer,
    is_of_supplier,
    task_references_in,
    their_reference_in,
)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: [IT-1042-S1] Till", ["IT-1042-S1"]),
        ("AW: it-1042-s12 Till, see IT-7-S1", ["IT-1042-S12", "IT-7-S1"]),
        ("Re: [IT-1042] Till", []),
        ("XIT-1042-S1b and AIT1042-S1", []),
    ],
)
def test_our_references_are_found_in_subjects(subject, expected):
    assert task_references_in(subject) == expected


@pytest.mark.parametrize(
    ("subject", "pattern", "expected"),
    [
        ("[NK-4711] Received: [IT-1042-S1] Till", "NK-#", "NK-4711"),
        ("Case CS0042x9 opened", "CS*", "CS0042x9"),
        ("Case (ref: 88-AB1) opened", "#-*", "88-AB1"),
        ("Re: [IT-1042-S1] Till", "#", "1042"),
        ("Re: [it-1042-S1] Till 7", "IT-#", ""),
        ("SNK-4711", "NK-#", ""),
        ("NK-4711", "", ""),
        ("ref [nk-9]", "NK-#", "nk-9"),
        ("a" * 5000, "*-*-*-*#", ""),
    ],
)
def test_their_reference_is_read_by_the_pattern_but_never_from_ours(subject, pattern, expected):
    found = their_reference_in(subject, pattern, ours="IT-1042-S1")
    assert found == ("" if pattern == "#" else expected)


@pytest.mark.parametrize(
    ("pattern", "fault"), [("NK-#", ""), ("#", "short"), ("NK", "short"), ("N#" * 40, "long")]
)
def test_a_pattern_needs_something_fixed_and_something_open(pattern, fault):
    assert fault_of_pattern(pattern) == fault


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("Help@Vendor.test", True),
        ("anna@other.test", False),
        ("anna@mail.test", True),
        ("anna@evilmail.test", False),
        ("", False),
    ],
)
def test_who_writes_for_a_supplier_is_known_by_address_or_domain(sender, expected):
    found = is_of_supplier(sender, addresses=["help@vendor.test", ""], domains=["mail.test", ""])
    assert found is expected


def test_an_answer_is_what_the_supplier_itself_says_while_it_is_asked():
    words = Came(is_automatic=False, is_of_supplier=True)
    assert is_answer(words, TaskState.WITH_SUPPLIER)
    assert not is_answer(words, TaskState.ANSWERED)
    assert not is_answer(words, TaskState.DONE)
    program = Came(is_automatic=True, is_of_supplier=True)
    stranger = Came(is_automatic=False, is_of_supplier=False)
    agent = Came(is_automatic=False, is_of_supplier=True, is_of_desk=True)
    assert not any(is_answer(one, TaskState.WITH_SUPPLIER) for one in (program, stranger, agent))
