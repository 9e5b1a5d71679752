"""When it was said, what belongs together, who is who: in tables, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.importers.decisions import (
    Head,
    Insiders,
    LeftOut,
    Said,
    Tally,
    Threads,
    closing_of,
    digest,
    said_at,
    story_of,
)
from ansvar.importers.decisions.roles import in_order

NOW = datetime(2026, 2, 2, 12, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = NOW - 300 * DAY
INSIDE = Insiders(
    desk=frozenset({"it@corp.test"}),
    agents=frozenset({"ida@corp.test", "ola@corp.test"}),
    domains=frozenset({"helpers.test"}),
)

MOMENTS = {
    # what it shows: written, received, filed, and when it was said
    "its own date": (AT, AT + HOUR, AT + HOUR, AT),
    "its own date, in a mailbox that was moved": (AT, None, NOW - DAY, AT),
    "never set": (datetime(1970, 1, 1, tzinfo=UTC), AT, NOW, AT),
    "ahead of the server": (AT + HOUR, AT, None, AT),
    "a year ahead": (AT + 365 * DAY, AT, None, AT),
    "a month behind": (AT - 30 * DAY, AT, None, AT),
    "long on its way": (AT - 4 * DAY, AT, None, AT - 4 * DAY),
    "from the future, sent": (NOW + DAY, None, AT, AT),
    "later than it was filed": (AT + 20 * DAY, None, AT, AT),
    "no date, received": (None, AT, NOW, AT),
    "no date, filed": (None, None, AT, AT),
    "none at all": (None, None, None, None),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_a_mail_was_said_at_its_own_date_as_far_as_servers_allow_it(name: str):
    written, received, filed, expected = MOMENTS[name]
    assert said_at(written=written, received=received, filed=filed, now=NOW) == expected


def test_a_conversation_that_was_silent_long_enough_has_ended_with_its_last_word():
    assert closing_of(NOW - 15 * DAY, silent_days=14, now=NOW) == NOW - 15 * DAY
    assert closing_of(NOW - 13 * DAY, silent_days=14, now=NOW) is None


def heads(*rows: tuple[int, str, str, str, str]) -> list[Head]:
    """Return heads from (day, id, what it answers, subject, who); `ida` is of the desk."""
    return [
        Head(
            number=number,
            at=AT + day * DAY,
            own=digest(own),
            references=tuple(digest(one) for one in answers.split()),
            subject=digest(subject.removeprefix("Re: ")) if subject else 0,
            is_answer=subject.startswith("Re: "),
            people=(digest(who.removeprefix("ida to ")),),
            is_by_desk=who.startswith("ida"),
        )
        for number, (day, own, answers, subject, who) in enumerate(rows)
    ]


HEAPS = {
    "an answer by its id": ([(0, "a", "", "x", "eva"), (1, "b", "a", "y", "ida to eva")], "0 0"),
    "answers to a mail that is not there": (
        [(0, "a", "lost", "x", "eva"), (1, "b", "lost", "y", "bo")], "0 0",
    ),
    "ids hang together over a later mail": (
        [(0, "a", "", "x", "eva"), (1, "b", "", "y", "bo"), (2, "c", "a b", "z", "kim")], "0 0 0",
    ),
    "the same subject marked as an answer": (
        [(0, "a", "", "x", "eva"), (3, "b", "", "Re: x", "eva")], "0 0",
    ),
    "the desk answers in a mail of its own": (
        [(0, "a", "", "x", "eva"), (3, "b", "", "x", "ida to eva")], "0 0",
    ),
    "a reminder": ([(0, "a", "", "x", "eva"), (3, "b", "", "x", "eva")], "0 0"),
    "a second matter of the same subject after an answer": (
        [(0, "a", "", "x", "eva"), (1, "b", "a", "Re: x", "ida to eva"), (3, "c", "", "x", "eva")],
        "0 0 2",
    ),
    "the same subject of somebody else": (
        [(0, "a", "", "x", "eva"), (1, "b", "", "x", "bo")], "0 1",
    ),
    "the same subject too late": (
        [(0, "a", "", "x", "eva"), (9, "b", "", "Re: x", "eva")], "0 1",
    ),
    "no subject": ([(0, "a", "", "", "eva"), (1, "b", "", "", "eva")], "0 1"),
    "an old mail answered for something new": (
        [(0, "a", "", "x", "eva"), (200, "b", "a", "y", "eva"), (201, "c", "b", "y", "ida to eva")],
        "0 1 1",
    ),
    "an old mail answered about the same": (
        [(0, "a", "", "x", "eva"), (200, "b", "a", "Re: x", "eva")], "0 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAPS)
def test_mails_are_one_conversation_by_ids_then_by_subject_and_people(name: str):
    rows, expected = HEAPS[name]
    assert grouped(heads(*rows)) == [int(number) for number in expected.split()]


def grouped(mails: list[Head]) -> list[int]:
    threads = Threads(days=7)
    for head in reversed(mails):
        threads.link(head.own, head.references)
    return [threads.place(head) for head in mails]


@given(st.lists(st.tuples(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3)), max_size=12))
def test_every_mail_is_in_the_conversation_of_an_earlier_one_or_begins_its_own(rows):
    mails = heads(
        *((day, str(day), " ".join(str(a) for a in answers), "", "eva") for day, answers in rows)
    )
    mails.sort(key=lambda head: (head.at, head.number))
    seen: set[int] = set()
    for head, thread in zip(mails, grouped(mails), strict=True):
        assert thread == head.number or thread in seen
        seen.add(thread)


def test_a_programs_mail_joins_what_it_answers_and_opens_nothing():
    threads = Threads(days=7)
    (head,) = heads((0, "a", "", "x", "eva"))
    threads.link(head.own, head.references)
    threads.place(head)
    assert threads.place_automatic((digest("a"),)) == 0
    assert threads.place_automatic((digest("unheard"),)) is None


def said(author: str, hours: float = 0, *, to: str = "it@corp.test", **more: object) -> Said:
    number = int(hours * 100)
    return Said(
        number=number,
        at=AT + hours * HOUR,
        author=author,
        addressed=tuple(to.split()),
        **more,  # type: ignore[arg-type]  # as the test says
    )


STORIES = {
    # mails, who asked, which went out
    "asked and answered": ([said("eva@x"), said("ida@corp.test", 1, to="eva@x")], "eva@x", "io"),
    "answered from the desk's own address": (
        [said("eva@x"), said("it+t1@corp.test", 1, to="eva@x")], "eva@x", "io",
    ),
    "answered from a given domain": ([said("eva@x"), said("z@helpers.test", 1)], "eva@x", "io"),
    "the desk wrote first": (
        [said("ida@corp.test", to="eva@x"), said("eva@x", 1)], "eva@x", "oi",
    ),
    "one of the desk asks the desk": (
        [said("ida@corp.test"), said("ola@corp.test", 1, to="ida@corp.test")],
        "ida@corp.test", "io",
    ),
    "an absence notice came first": (
        [said("kim@x", is_automatic=True), said("eva@x", 1)], "eva@x", "ii",
    ),
    "a noreply address that somebody answered": (
        [said("noreply@x", is_no_reply=True), said("ida@corp.test", 1, to="bo@x")],
        "noreply@x", "io",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_the_first_from_outside_asked_and_the_desk_answered(name: str):
    mails, requester, ways = STORIES[name]
    story = story_of(mails, INSIDE)
    assert story.requester == requester
    assert "".join("o" if line.is_out else "i" for line in story.lines) == ways


NO_TICKET = {
    "only the desk wrote": ([said("ida@corp.test", to="shop@x")], LeftOut.NOBODY_ASKED),
    "a noreply address that nobody answered": (
        [said("noreply@x", is_no_reply=True)], LeftOut.NO_REPLY,
    ),
    "only a program": ([said("kim@x", is_automatic=True)], LeftOut.AUTOMATIC),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_TICKET)
def test_what_nobody_asked_becomes_no_ticket(name: str):
    mails, why = NO_TICKET[name]
    assert story_of(mails, INSIDE).left_out is why


def test_an_answer_is_never_before_its_question():
    late, early = said("eva@x", 2, own="a"), said("ida@corp.test", 1, own="b", references=("a",))
    ordered = in_order([early, late])
    assert [one.own for one in ordered] == ["a", "b"]
    assert ordered[1].at - ordered[0].at == timedelta(seconds=1)
    circle = [
        said("eva@x", 0, own="a", references=("b",)),
        said("bo@x", 1, own="b", references=("a",)),
    ]
    assert len(in_order(circle)) == 2


def test_words_wait_since_the_first_that_nobody_answered():
    mails = [
        said("eva@x"),
        said("ida@corp.test", 1, to="eva@x"),
        said("eva@x", 2),
        said("eva@x", 3),
    ]
    story = story_of(mails, INSIDE)
    assert story.waiting_since == AT + 2 * HOUR
    assert story_of(mails[:2], INSIDE).waiting_since is None
    away = said("ida@corp.test", 4, to="eva@x", is_automatic=True)
    assert story_of([mails[0], away], INSIDE).waiting_since == AT


def test_the_report_counts_what_the_mailbox_reveals():
    tally = Tally(zone=UTC)
    for number in range(10):
        answer = said("ida@corp.test", number + 1, to="eva@x")
        tally.add(story_of([said("eva@x"), answer], INSIDE), subject=f"{number}")
    back_and_forth = [
        said("bo@y"),
        *(said(f"{who}@corp.test", hour) for hour, who in enumerate(["ida", "ola", "ida"], 1)),
    ]
    tally.add(story_of(back_and_forth, INSIDE), subject="long")
    tally.add(story_of([said("kim@y", 5)], INSIDE), subject="forgotten")
    tally.count_mails(mails=30, automatic=3)
    figures = tally.figures()
    assert figures["first_answer"] == {"count": 11, "median": 300, "p90": 540}
    assert figures["unanswered"]["count"] == 1
    assert figures["unanswered"]["oldest"][0]["subject"] == "forgotten"
    assert (figures["hours"][12], figures["hours"][17]) == (11, 1)
    assert figures["answerers"][0] == {
        "who": "ida@corp.test", "answers": 12, "share": 0.9231, "first": 11,
    }  # fmt: skip
    assert (figures["several_answerers"], figures["bounced"]) == (1, 1)
    assert figures["longest"][0]["subject"] == "long"
    assert figures["domains"] == [["x", 10], ["y", 2]]
    assert figures["automatic_share"] == 0.1
