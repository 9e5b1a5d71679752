import pytest
from budgets import Budget
from builders import a_desk, an_agent
from desktops import client_of
from django.test import Client
from django.urls import reverse
from journal_checks import records_nothing

from ansvar.conversations.models import MailTemplate
from ansvar.kernel.models import Entry

pytestmark = pytest.mark.django_db

OWN = "Hi {name}, **{reference}** is our number.\n\nWe answer by {by}."


def address_of(desk, kind: str = "acknowledgement") -> str:
    return reverse("admin-desk-mail", args=[desk.pk, kind, "en"])


def test_the_preview_shows_both_forms_and_keeps_nothing(admin: Client):
    desk = a_desk()
    with records_nothing():
        answer = admin.post(address_of(desk), {"text": OWN, "preview": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>IT-1042</strong>" in page
    assert "Hi Anna Berg, IT-1042 is our number." in page
    assert "not kept yet" in page
    assert not MailTemplate.objects.exists()


def test_own_words_are_kept_and_given_up_again(admin: Client):
    desk = a_desk()
    admin.post(address_of(desk), {"text": OWN})
    assert MailTemplate.objects.get(desk=desk).text == OWN
    assert "own words" in admin.get(address_of(desk)).content.decode()
    with records_nothing():
        admin.post(address_of(desk), {"text": OWN.replace("\n", "\r\n")})
    admin.post(address_of(desk), {"reset": "1"})
    assert not MailTemplate.objects.exists()
    facts = Entry.objects.filter(fact__startswith="mail_template.").order_by("pk")
    assert [*facts.values_list("fact", flat=True)] == [
        "mail_template.changed",
        "mail_template.reset",
    ]


def test_what_is_wrong_is_named_at_the_words(admin: Client):
    desk = a_desk()
    with records_nothing():
        answer = admin.post(address_of(desk, "resolution"), {"text": "{name} {ticket} {reference}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "{ticket} is unknown in this mail" in page
    assert "{confirm} is missing: address to confirm with one click" in page
    assert "{name} {ticket} {reference}" in page


def test_html_in_the_words_is_shown_as_words(admin: Client):
    text = "{reference} <script>alert(1)</script> [x](javascript:alert(1))"
    page = admin.post(address_of(a_desk()), {"text": text, "preview": "1"}).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_agents_and_other_desks_stay_out_and_there_is_no_page_of_what_is_no_mail(admin: Client):
    desk = a_desk()
    assert client_of(an_agent(desk)).get(address_of(desk)).status_code == 403
    assert admin.get(address_of(desk, "nonsense")).status_code == 404
    other_language = reverse("admin-desk-mail", args=[desk.pk, "resolution", "tlh"])
    assert admin.get(other_language).status_code == 404


def test_the_list_costs_the_same_for_few_and_many_own_words(admin: Client, budget: Budget):
    desk = a_desk()
    page = reverse("admin-desk-mails", args=[desk.pk])
    with budget("mails of a desk"):
        admin.get(page)
    for kind in ("acknowledgement", "quiet_close", "unreadable"):
        text = "{reference}" if kind != "unreadable" else "{reason}"
        admin.post(address_of(desk, kind), {"text": f"Own words, {text}"})
    with budget("mails of a desk, some its own"):
        assert admin.get(page).content.decode().count(">own words<") == 3
