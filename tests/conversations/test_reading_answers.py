import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.catalogue.decisions import NeededKind, Wanted
from ansvar.conversations.reading_answers import Question, fitting, read_answers

DESK, SINCE, PRINTER, OFTEN, DEVICE, PICTURE = range(1, 7)


def asked(*wanted: int, known: tuple[int, ...] = ()) -> list[Question]:
    """Return questions of a desk; those of *wanted* were asked, in this order."""
    made = [
        (DESK, "Cash desk", "Which cash desk is it?", "number", (), "its number, such as 3"),
        (SINCE, "Since", "When did it begin?", "date", (), ""),
        (PRINTER, "Skrivare", "Vilken skrivare gäller det?", "choice", ("Kvitto", "Etikett"), ""),
        (OFTEN, "Сообщение", "Что написано на экране?", "text", (), ""),
        (DEVICE, "Device", "What is written on its label?", "text", (), ""),
        (PICTURE, "Picture", "Can you send a picture?", "attachment", (), ""),
    ]
    return [
        Question(
            id=pk,
            name=name,
            text=text,
            wanted=Wanted(
                kind=NeededKind(kind), choices=choices, pattern="SE-####" if pk == DEVICE else ""
            ),
            hint=hint,
            number=wanted.index(pk) + 1 if pk in wanted else None,
            is_open=pk not in known,
        )
        for pk, name, text, kind, choices, hint in made
    ]


THREE = (DESK, SINCE, PRINTER)
IN_FULL = {DESK: "3", SINCE: "2026-11-20", PRINTER: "Etikett"}
WORDS = {
    "numbers with full stops": ("1. 3\n2. 20.11.2026\n3. etikett", THREE, IN_FULL),
    "numbers with brackets": ("Hej!\n\n1) 3\n2)2026-11-20\n(3) Etikett\n\nAnna", THREE, IN_FULL),
    "numbers with a stroke": ("1 - 3\n2 – 2026-11-20\n3: Etikett", THREE, IN_FULL),
    "wide figures": ("１． ３\n２）2026-11-20\n３： Etikett", THREE, IN_FULL),
    "numbers and gaps": ("1.\n\n3\n\n2.\n2026-11-20", THREE, {DESK: "3", SINCE: "2026-11-20"}),
    "numbers before sentences": (
        "1. It is number 3, at the door\n2. on 2026-11-20 I think\n3. nog etikett, tror jag",
        THREE,
        IN_FULL,
    ),
    "only what fits": ("1. the left one\n2. lately\n3. etikett", THREE, {PRINTER: "Etikett"}),
    "a number nobody asked": ("1. 3\n7. nothing", (DESK, SINCE), {DESK: "3"}),
    "questions repeated": (
        "- Which cash desk is it? 3\n- When did it begin?: 2026-11-20",
        THREE,
        {DESK: "3", SINCE: "2026-11-20"},
    ),
    "questions with hints repeated": (
        "1. Which cash desk is it? (its number, such as 3): 4",
        THREE,
        {DESK: "4"},
    ),
    "hint alone is no answer": ("Which cash desk is it? (its number, such as 3):", (DESK,), {}),
    "room that was left for it": (
        """\
> 1. Which cash desk is it? (its number, such as 3) ____
> 2. When did it begin? ____
1. __3__""",
        THREE,
        {DESK: "3"},
    ),
    "names": ("skrivare: Kvitto\nCash desk = 3", THREE, {PRINTER: "Kvitto", DESK: "3"}),
    "names with the value below": ("Cash desk:\n\n 3 \n", THREE, {DESK: "3"}),
    "between quoted questions": (
        """\
> 1. Which cash desk is it? (its number,
> such as 3):

12

> 2. When did it begin?:
2026-11-20
> 3. Vilken skrivare gäller det?:
> Just answer this mail.

Anna""",
        THREE,
        {DESK: "12", SINCE: "2026-11-20"},
    ),
    "behind quoted questions": (
        "> 1. Which cash desk is it? (its number, such as 3): 12\n>2. When did it begin?:",
        THREE,
        {DESK: "12"},
    ),
    "one line for one question": ("3", (DESK,), {DESK: "3"}),
    "a number for one question": ("3.", (DESK,), {DESK: "3"}),
    "a sentence for one question": ("Det är kassa 3.\n\nMvh\nAnna", (DESK,), {DESK: "3"}),
    "words for one question": ("Ошибка 17, нет бумаги", (OFTEN,), {OFTEN: "Ошибка 17, нет бумаги"}),
    "several lines of words": (
        "1. Ошибка 17\nнет бумаги",
        (OFTEN,),
        {OFTEN: "Ошибка 17\nнет бумаги"},
    ),
    "more than one line of words": ("Hello\nI am away tomorrow", (OFTEN,), {}),
    "a question back": ("What do you mean?", (OFTEN,), {}),
    "a mark in a sentence": ("It says se-0042 I believe", (DEVICE,), {DEVICE: "se-0042"}),
    "two marks": ("SE-0042 or SE-0043", (DEVICE,), {}),
    "lines in the order asked": ("Hi,\n\n3\n2026-11-20\netikett\n\nThanks", THREE, IN_FULL),
    "lines that do not all fit": ("3\nlately\netikett", THREE, {}),
    "too few lines": ("3\netikett", THREE, {}),
    "the same twice": ("1. 3\nCash desk: 3", THREE, {DESK: "3"}),
    "two different answers": ("1. 3\nCash desk: 4", THREE, {}),
    "nothing": ("1. ?\n2. -\n3. ...", THREE, {}),
    "nothing asked: numbers say nothing": ("1. 3\n2. 2026-11-20", (), {}),
    "nothing asked: names do": ("It is broken.\nCash desk: 3", (), {DESK: "3"}),
    "a sentence that begins like a question": ("When did it begin to rain in 2026-11-20", (), {}),
}


@pytest.mark.parametrize("case", WORDS)
def test_answers_are_read_from_words(case: str):
    text, wanted, answers = WORDS[case]
    assert read_answers(text, asked(*wanted)) == answers


QUOTED = """From: IT desk
1. Which cash desk is it? (its number, such as 3):
12
2. When did it begin?:

2026-11-20

3. Vilken skrivare gäller det?:
Just answer this mail, each point in a line of its own, or choose Kvitto."""


def test_answers_among_what_a_program_took_for_quoted_are_read():
    assert read_answers("See below.", asked(*THREE), quoted=QUOTED) == {
        DESK: "12",
        SINCE: "2026-11-20",
    }
    behind = QUOTED.replace("det?:", "det?: Kvitto\n")
    assert read_answers("See below.", asked(*THREE), quoted=behind)[PRINTER] == "Kvitto"
    untouched = QUOTED.replace("12\n", "").replace("\n2026-11-20\n", "")
    assert read_answers("I do not know.", asked(*THREE), quoted=untouched) == {}


def test_what_is_known_is_put_right_only_by_its_name():
    known = asked(*THREE, known=(DESK,))
    assert read_answers("1. 4", known) == {}
    assert read_answers("Cash desk: 4", known) == {DESK: "4"}


def test_files_answer_the_one_question_for_a_file():
    assert read_answers("Here.", asked(PICTURE), files=["a.jpg", "b.jpg"]) == {
        PICTURE: "a.jpg, b.jpg"
    }
    assert read_answers("Here.", asked(PICTURE, known=(PICTURE,)), files=["a.jpg"]) == {}
    assert read_answers("1. a.jpg is what it is called", asked(PICTURE)) == {}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("yes_no", "Ja, sedan i måndags", "yes"),
        ("yes_no", "no idea", None),
        ("phone", "Call me on 070-174 06 05 after lunch", "+46701740605"),
        ("phone", "070-174 06 05 or 08-123 45 67", None),
        ("number", "between 3 and 4", None),
        ("number", "the third one from the left of those 12 in the corner", None),
        ("choice", "Kvitto och etikett", None),
        ("choice", "kvitto.", "Kvitto"),
        ("date", "since 2026-11-20 or 2026-11-21", None),
    ],
)
def test_of_an_answer_the_one_thing_that_fits_is_taken(kind: str, text: str, value: str | None):
    assert fitting(Wanted(kind=NeededKind(kind), choices=("Kvitto", "Etikett")), text) == value


LINES = st.sampled_from(
    ["1.", "2)", ">", "> 1. Which cash desk is it?", "3", "", "Since:", ":", "\x00"]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=12), st.text(max_size=40))
def test_no_words_break_the_reading(lines: list[str], quoted: str):
    values = read_answers("\n".join(lines), asked(*THREE), quoted=quoted)
    assert all(value for value in values.values())
