from datetime import UTC, datetime, timedelta

import pytest

from ansvar.conversations.decisions import (
    Received,
    Step,
    Thread,
    Way,
    next_step,
    plain_subject,
    references_in,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAIL = Received(sender="anna@example.com")
PROGRAM = Received(sender="anna@example.com", program_sign="Precedence: bulk")


def thread(**wanted) -> Thread:
    fields = {
        "ticket_id": 7,
        "reference": "IT-7",
        "way": Way.MESSAGE_ID,
        "is_party": False,
        "may_reply": False,
        "was_addressed": False,
        "is_done": False,
        "reopen_days": 5,
        **wanted,
    }
    return Thread(**fields)


@pytest.mark.parametrize(
    ("mail", "of", "step"),
    [
        (MAIL, None, Step.OPEN),
        (MAIL, thread(is_party=True), Step.JOIN),
        (MAIL, thread(is_party=True, way=Way.REFERENCE), Step.JOIN),
        (MAIL, thread(was_addressed=True), Step.JOIN),
        (MAIL, thread(was_addressed=True, way=Way.REFERENCE), Step.OPEN),
        (MAIL, thread(), Step.OPEN),
        (MAIL, thread(way=Way.REFERENCE), Step.OPEN),
        (MAIL, thread(may_reply=True), Step.ANSWER),
        (MAIL, thread(may_reply=True, way=Way.REFERENCE), Step.NOTE),
        (MAIL, thread(may_reply=True, is_party=True), Step.JOIN),
        (PROGRAM, None, Step.IGNORE),
        (PROGRAM, thread(), Step.JOIN),
        (PROGRAM, thread(way=Way.REFERENCE), Step.IGNORE),
        (PROGRAM, thread(way=Way.REFERENCE, is_party=True), Step.JOIN),
        (Received(sender="x", is_our_own=True), thread(is_party=True), Step.IGNORE),
        (Received(sender="x", is_from_a_desk=True), None, Step.IGNORE),
        (Received(sender="x", repeats="IT-1"), thread(is_party=True), Step.IGNORE),
    ],
)
def test_what_becomes_of_a_mail(mail: Received, of: Thread | None, step: Step):
    decision = next_step(mail, of, now=NOW)
    assert decision.step is step
    assert decision.findings or step is not Step.IGNORE
    if step is Step.OPEN and of is not None:
        assert (decision.ticket_id, decision.related_id) == (None, 7)


@pytest.mark.parametrize(("days", "step"), [(4, Step.JOIN), (6, Step.OPEN)])
def test_a_closed_ticket_is_taken_up_again_only_as_long_as_the_desk_allows(days: int, step: Step):
    of = thread(is_party=True, is_done=True, closed_at=NOW - timedelta(days=days))
    decision = next_step(MAIL, of, now=NOW)
    assert decision.step is step
    assert decision.reopens is (step is Step.JOIN)


def test_a_program_never_takes_a_ticket_up_again():
    decision = next_step(PROGRAM, thread(is_party=True, is_done=True), now=NOW)
    assert (decision.step, decision.reopens) == (Step.JOIN, False)


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: Fw: SV: AW: Printer", "Printer"),
        ("RE[2]: Ответ: Printer", "Printer"),
        ("Re: [IT-1042] Printer", "Printer"),
        ("[it-1042] Re: Printer [IT-7]", "Printer"),
        ("Re: [HR-1] Leave", "[HR-1] Leave"),
        ("Reply wanted", "Reply wanted"),
        ("Re:", ""),
    ],
)
def test_a_subject_is_kept_without_the_marks_of_answering(subject: str, plain: str):
    assert plain_subject(subject, "IT") == plain


def test_references_are_found_wherever_they_stand():
    assert references_in("re: it-1042, [IT-7] HR-3 XIT-9 IT-1042", "IT") == ["IT-1042", "IT-7"]
