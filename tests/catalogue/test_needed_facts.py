import pytest
from builders import a_desk, a_service, acting, an_administrator, an_agent
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from journal_checks import facts_recorded, records_nothing

from ansvar.catalogue.commands import (
    TooManyNeeded,
    add_needed_fact,
    edit_needed_fact,
    order_needed_facts,
    remove_needed_fact,
)
from ansvar.catalogue.decisions import NeededKind, NotFitting, Wanted, fitted, is_pattern
from ansvar.catalogue.fitting import ValueNotFitting, fitted_value
from ansvar.catalogue.queries import needed_facts_of
from ansvar.kernel.actor import SYSTEM
from ansvar.kernel.rights import NotPermitted

CHOICES = ("Label printer", "Receipt printer", "both")
FITTING = [
    ("text", " Win 11\n 23H2 ", "Win 11\n 23H2"),
    ("number", "3", "3"),
    ("number", "# 3".replace(" ", ""), "3"),
    ("number", "3.", "3"),
    ("number", "3,50", "3.5"),
    ("number", "−2", "-2"),
    ("number", "1 200", "1200"),
    ("number", "３", "3"),
    ("number", "0.125", "0.125"),
    ("choice", "label  PRINTER.", "Label printer"),
    ("choice", "Both", "both"),
    ("yes_no", "Ja!", "yes"),
    ("yes_no", "нет", "no"),
    ("yes_no", "Kyllä", "yes"),
    ("yes_no", "いいえ", "no"),
    ("date", "2026-11-30", "2026-11-30"),
    ("date", "30.11.2026", "2026-11-30"),
    ("date", "1. 2. 26", "2026-02-01"),
    ("date", "30/11/2026", "2026-11-30"),
    ("date", "11/30/2026", "2026-11-30"),
    ("date", "5/5/2026", "2026-05-05"),
    ("date", "2026年11月30日", "2026-11-30"),
    ("phone", "08-123 45 67", "+4681234567"),
    ("phone", "+1 (202) 555-0143.", "+12025550143"),
    ("attachment", "label.jpg", "label.jpg"),
]
UNFIT = [
    ("text", "  \n"),
    ("text", "x" * 2001),
    ("number", "three"),
    ("number", "3 or 4"),
    ("number", "1,200"),
    ("number", "12 34"),
    ("choice", "printer"),
    ("yes_no", "maybe"),
    ("date", "31.2.2026"),
    ("date", "03/04/2026"),
    ("date", "yesterday"),
    ("phone", "12"),
    ("phone", "call me"),
]
PATTERNS = [
    ("SE-####", "se-1234", True),
    ("SE-####", "SE-1234.", True),
    ("SE-####", "SE-123", False),
    ("@@#[##]", "ab1", True),
    ("@@#[##]", "åb123", True),
    ("@@#[##]", "ab12", False),
    ("a.b", "axb", False),
]


@pytest.mark.parametrize(("kind", "text", "kept"), FITTING)
def test_the_same_answer_is_kept_in_the_same_way(kind: str, text: str, kept: str):
    assert fitted(Wanted(kind=NeededKind(kind), choices=CHOICES), text) == kept


@pytest.mark.parametrize(("kind", "text"), UNFIT)
def test_what_is_no_answer_of_the_kind_does_not_count(kind: str, text: str):
    with pytest.raises(NotFitting):
        fitted(Wanted(kind=NeededKind(kind), choices=CHOICES), text)


@pytest.mark.parametrize(("pattern", "text", "fits"), PATTERNS)
def test_a_pattern_says_how_words_must_look(pattern: str, text: str, fits: bool):  # noqa: FBT001 - a column of the table
    wanted = Wanted(kind=NeededKind.TEXT, pattern=pattern)
    if fits:
        assert fitted(wanted, text) == text.rstrip(".")
        return
    with pytest.raises(NotFitting):
        fitted(wanted, text)


def test_brackets_of_a_pattern_match_and_are_few():
    assert [is_pattern(one) for one in ("", "a[b]c", "[a][b][c][d]")] == [True, True, True]
    broken = ("[", "a]", "[[a]]", "[]", "[a]" * 5, "#" * 61)
    assert not any(is_pattern(one) for one in broken)


@given(st.text(), st.sampled_from(list(NeededKind)))
def test_what_was_kept_fits_again_and_stays_the_same(text: str, kind: NeededKind):
    wanted = Wanted(kind=kind, choices=CHOICES)
    try:
        kept = fitted(wanted, text)
    except NotFitting:
        return
    assert fitted(wanted, kept) == kept


@pytest.mark.django_db
def test_a_list_is_made_ordered_changed_and_shortened():
    service = a_service()
    with facts_recorded() as facts:
        first = add_needed_fact(
            service.pk, name=" Cash  desk ", question="Which one?", kind="number", by=SYSTEM
        )
        second = add_needed_fact(
            service.pk,
            name="Printer",
            question="Which printer?",
            kind="choice",
            choices=[" Label ", "", "Receipt", "Label"],
            by=SYSTEM,
        )
    assert facts == ["needed_fact.added", "needed_fact.added"]
    assert (first.name, second.choices) == ("Cash desk", ["Label", "Receipt"])
    order_needed_facts(service.pk, [second.pk], by=SYSTEM)
    assert list(needed_facts_of(service.pk)) == [second, first]
    with records_nothing():
        order_needed_facts(service.pk, [second.pk, first.pk], by=SYSTEM)
        edit_needed_fact(first.pk, name="Cash desk", by=SYSTEM)
    edited = edit_needed_fact(second.pk, kind="text", pattern="@-##", by=SYSTEM)
    assert (edited.choices, edited.pattern) == ([], "@-##")
    with facts_recorded() as facts:
        remove_needed_fact(first.pk, by=SYSTEM)
        remove_needed_fact(first.pk, by=SYSTEM)
    assert facts == ["needed_fact.removed"]
    assert list(needed_facts_of(service.pk)) == [second]
    again = add_needed_fact(service.pk, name="cash desk", question="Which?", by=SYSTEM)
    assert list(needed_facts_of(service.pk)) == [second, again]


@pytest.mark.django_db
def test_what_makes_no_sense_is_refused_at_its_field(monkeypatch: pytest.MonkeyPatch):
    service = a_service()
    fields = {"name": "Printer", "question": "Which?"}
    needed = add_needed_fact(service.pk, **fields, by=SYSTEM)
    wrong = [
        ({"name": ""}, "name"),
        ({"kind": "smell"}, "kind"),
        ({"kind": "choice", "choices": ["one"]}, "choices"),
        ({"kind": "choice", "choices": ["one", "One."]}, "choices"),
        ({"kind": "choice", "choices": ["x" * 121, "y"]}, "choices"),
        ({"pattern": "[#"}, "pattern"),
    ]
    for values, field in wrong:
        with pytest.raises(ValidationError) as refused:
            edit_needed_fact(needed.pk, **values, by=SYSTEM)
        assert list(refused.value.message_dict) == [field]
    with pytest.raises(ValidationError, match="already"):
        add_needed_fact(service.pk, **{**fields, "name": "PRINTER"}, by=SYSTEM)
    monkeypatch.setattr("ansvar.catalogue.commands.needed.MOST_NEEDED", 1)
    with pytest.raises(TooManyNeeded):
        add_needed_fact(service.pk, name="Other", question="Which?", by=SYSTEM)


@pytest.mark.django_db
def test_only_who_edits_the_service_says_what_it_needs():
    desk = a_desk()
    service = a_service(desk)
    needed = add_needed_fact(
        service.pk, name="Site", question="Where?", by=acting(an_administrator(desk))
    )
    agent = acting(an_agent(desk))
    refused = (
        lambda: add_needed_fact(service.pk, name="X", question="Y?", by=agent),
        lambda: edit_needed_fact(needed.pk, name="Z", by=agent),
        lambda: remove_needed_fact(needed.pk, by=agent),
        lambda: order_needed_facts(service.pk, [needed.pk], by=agent),
    )
    for attempt in refused:
        with pytest.raises(NotPermitted):
            attempt()


@pytest.mark.django_db
def test_a_value_that_does_not_fit_is_refused_in_words():
    needed = add_needed_fact(
        a_service().pk, name="Device", question="Which?", pattern="SE-##", by=SYSTEM
    )
    with pytest.raises(ValueNotFitting, match=r"“Laptop” does not look like SE-##"):
        fitted_value(needed, "Laptop")
