import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansvar.people.decisions import (
    BadAddress,
    fold,
    needles_for,
    normalise,
    normalise_email,
    normalise_phone,
    search_text,
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" Anna.Berg@Example.COM ", "anna.berg@example.com"),
        ("anna+desk@example.com", "anna+desk@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("åsa@räksmörgås.se", "åsa@xn--rksmrgs-5wao1o.se"),
        ("root@localhost", "root@localhost"),
        ("anna@example.com.", "anna@example.com"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_an_e_mail_address_has_one_form(typed, expected):
    assert normalise_email(typed) == expected
    assert normalise_email(expected) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "@example.com",
        "anna@",
        "anna berg@example.com",
        "anna@exa mple.com",
        "anna,bo@example.com",
        "anna@-example.com",
        "anna@example..com",
        ".anna@example.com",
        "an..na@example.com",
        "<anna@example.com>",
        "a" * 65 + "@example.com",
        "anna@" + "a" * 64 + ".com",
        "anna@" + ".".join(["a" * 60] * 5) + ".com",
        "anna@example.com\nBcc: all@example.com",
        "\x00anna@example.com\x00",
    ],
)
def test_what_is_no_e_mail_address_is_refused(typed):
    with pytest.raises(BadAddress):
        normalise_email(typed)


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("08-123 45 67", "SE", "+4681234567"),
        ("+46 (0)8 123 45 67", "SE", "+4681234567"),
        ("0046 8 1234567", "SE", "+4681234567"),
        ("030 1234567", "DE", "+49301234567"),
        ("+46 8 123 45 67", "DE", "+4681234567"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("08-123 45 67 ext. 12", "SE", "+4681234567;ext=12"),
    ],
)
def test_a_phone_number_has_one_form(typed, country, expected):
    assert normalise_phone(typed, country=country) == expected


@pytest.mark.parametrize("typed", ["", "abc", "12", "+46 8", "1" * 40])
def test_what_is_no_phone_number_is_refused_with_an_example(typed):
    with pytest.raises(BadAddress, match=r"\+46 8 123 45 67"):
        normalise_phone(typed)


def test_a_chat_name_is_compared_without_case():
    assert normalise("chat", " Anna#1 ") == "anna#1"
    with pytest.raises(BadAddress):
        normalise("chat", "  ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Åsa  Öberg", "asa oberg"),
        ("JOSÉ", "jose"),
        ("Straße", "strasse"),
        ("Søren Łukasz", "soren lukasz"),
        ("Фёдор", "федор"),
        ("ﬁn", "fin"),
    ],
)
def test_folding_keeps_what_people_type(text, expected):
    assert fold(text) == expected


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=3, max_size=12))
def test_every_part_of_a_name_is_found(name):
    text = search_text(name, [])
    for start in range(len(fold(name)) - 2):
        part = fold(name)[start : start + 3]
        assert all(needle in text for needle in needles_for(part))


def test_a_number_is_searched_as_one_however_it_is_grouped():
    assert needles_for("08-123 45 67") == ["081234567"]
    assert needles_for("+46 (8) 123") == ["468123"]
    assert needles_for("0046 8 123") == ["468123"]
    assert needles_for("Anna 12") == ["anna", " 12"]
    assert needles_for("  ") == []
    assert needles_for("-") == [" -"]
