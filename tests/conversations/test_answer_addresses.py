import pytest
from django.test import override_settings
from django.utils.translation import override

from ansvar.conversations.parsing.quoting import split_reply
from ansvar.conversations.reply_line import reply_line
from ansvar.conversations.tokens import (
    answer_address,
    answer_token,
    ticket_of_answer_token,
    token_in_address,
)
from ansvar.tickets.models import Ticket
from tickets import a_ticket


@pytest.mark.django_db
def test_a_token_finds_its_ticket_and_a_changed_one_finds_nothing():
    ticket = a_ticket()
    token = answer_token(ticket)
    assert token.isalnum()
    assert token == token.lower()
    assert len(token) < 24
    assert ticket_of_answer_token(token) == ticket
    assert ticket_of_answer_token(token.upper()) == ticket
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    other_ticket = answer_token(Ticket(pk=ticket.pk + 1))
    swapped = other_ticket[:-12] + token[-12:]
    for wrong in ("", "x", changed, swapped, token[1:], "0" + token, "é" * 20, token + "\n"):
        assert ticket_of_answer_token(wrong) is None, wrong


@pytest.mark.django_db
def test_a_token_outlives_a_change_of_the_secret_key():
    ticket = a_ticket()
    with override_settings(SECRET_KEY="older"):
        token = answer_token(ticket)
    assert ticket_of_answer_token(token) is None
    with override_settings(SECRET_KEY_FALLBACKS=["older"]):
        assert ticket_of_answer_token(token) == ticket


def test_the_token_stands_after_a_plus_and_is_found_there_again():
    ticket = Ticket(pk=4711)
    address = answer_address("it@corp.test", ticket)
    assert address == f"it+t{answer_token(ticket)}@corp.test"
    assert token_in_address(address.upper()) == answer_token(ticket)
    assert token_in_address(answer_address("it+eu@corp.test", ticket)) == answer_token(ticket)
    assert token_in_address("it@corp.test") == ""
    long = "i" * 60 + "@corp.test"
    assert answer_address(long, ticket) == long


def test_below_the_line_nothing_is_new_whatever_it_looks_like():
    with override("sv"):
        line = reply_line()
    earlier = f"{line}\n\nAnna, Monday:\n> The till is dead.\nDid you try the switch?"
    assert split_reply(f"Yes, I did.\n\n{earlier}")[0] == "Yes, I did."
    quoted = "\n".join(f"> {one}" for one in earlier.split("\n"))
    answer, folded = split_reply(f"Yes.\n\nOn 3 May 2026 at 10:02 IT <it@x.test> wrote:\n{quoted}")
    assert answer == "Yes."
    assert "switch" in folded


def test_words_between_the_lines_of_a_quoted_mail_stay_visible():
    text = f"> {reply_line()}\n> Did you try the switch?\n\nYes, in vain."
    assert "in vain" in split_reply(text)[0]
