import pytest
from mails import a_mail

from ansvar.conversations.parsing import read_mail
from ansvar.conversations.parsing.nature import Kind, Sort

PERSON = (Sort.PERSON, Kind.NOTHING)
LIST = (Sort.UNANSWERABLE, Kind.LIST)
NEWSLETTER = (Sort.PROGRAM, Kind.NEWSLETTER)
VACATION = (Sort.PROGRAM, Kind.VACATION)


def judged(subject: str = "Cash desk 3", **headers: str) -> tuple[Sort, Kind]:
    nature = read_mail(a_mail(subject=subject, **headers)).nature
    assert nature.sign or nature.sort is Sort.PERSON
    return nature.sort, nature.kind


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, PERSON),
        ({"Auto_Submitted": "no"}, PERSON),
        ({"Auto_Submitted": "auto-generated"}, (Sort.PROGRAM, Kind.NOTIFICATION)),
        ({"Auto_Submitted": "auto-replied; owner=x"}, VACATION),
        ({"Precedence": "bulk"}, (Sort.PROGRAM, Kind.NOTIFICATION)),
        ({"Precedence": "junk"}, (Sort.PROGRAM, Kind.NOTIFICATION)),
        ({"Precedence": "auto_reply"}, VACATION),
        ({"Precedence": "list"}, LIST),
        ({"Precedence": "first-class"}, PERSON),
        ({"X_Autoreply": "yes"}, VACATION),
        ({"X_Autoreply": "no"}, PERSON),
        ({"X_Autorespond": "Away"}, VACATION),
        ({"Return_Path": "<>"}, (Sort.PROGRAM, Kind.NOTIFICATION)),
        ({"Return_Path": "<anna@example.com>"}, PERSON),
        ({"sender": "Postmaster <postmaster@x.test>"}, (Sort.PROGRAM, Kind.NOTIFICATION)),
        ({"sender": "no-reply@x.test"}, (Sort.UNANSWERABLE, Kind.NO_REPLY)),
        ({"sender": "DoNotReply@x.test"}, (Sort.UNANSWERABLE, Kind.NO_REPLY)),
        ({"sender": "noreply+42@x.test"}, (Sort.UNANSWERABLE, Kind.NO_REPLY)),
        ({"sender": "norbert@x.test"}, PERSON),
        ({"sender": "noreen.plyler@x.test"}, PERSON),
        # Exchange marks people's mails so, too: they open a ticket, but nothing is answered.
        ({"X_Auto_Response_Suppress": "All"}, (Sort.UNANSWERABLE, Kind.NOTHING)),
        ({"X_Auto_Response_Suppress": "DR, OOF"}, (Sort.UNANSWERABLE, Kind.NOTHING)),
        ({"X_Auto_Response_Suppress": "DR, RN"}, PERSON),
    ],
)
def test_the_header_says_who_speaks(headers: dict[str, str], wanted: tuple[Sort, Kind]):
    assert judged(**headers) == wanted


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        # A desk's own distribution list: people write through it.
        ({"List_Id": "<helpdesk.corp.test>"}, LIST),
        ({"List_Id": "<helpdesk.corp.test>", "List_Unsubscribe": "<mailto:u@x.test>"}, LIST),
        (
            {
                "List_Post": "<mailto:helpdesk@corp.test>",
                "List_Unsubscribe": "<mailto:u@x.test>",
                "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
            },
            LIST,
        ),
        ({"List_Unsubscribe": "<mailto:u@x.test>", "Precedence": "bulk"}, NEWSLETTER),
        ({"List_Unsubscribe": "<mailto:u@x.test>", "Feedback_ID": "1:2:3:x"}, NEWSLETTER),
        ({"List_Unsubscribe": "<mailto:u@x.test>", "X_Campaign": "spring"}, NEWSLETTER),
        (
            {
                "List_Id": "<news.x.test>",
                "List_Post": "NO",
                "List_Unsubscribe": "<https://x.test/u>",
                "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
            },
            NEWSLETTER,
        ),
        ({"List_Unsubscribe": "<mailto:u@x.test>"}, PERSON),
        (
            {"List_Post": "<mailto:l@x.test>", "Auto_Submitted": "auto-generated"},
            (Sort.PROGRAM, Kind.NOTIFICATION),
        ),
    ],
)
def test_a_list_of_people_is_told_from_a_newsletter(
    headers: dict[str, str], wanted: tuple[Sort, Kind]
):
    assert judged(**headers) == wanted


LANGUAGES = {
    "English": "Automatic reply",
    "German": "Automatische Antwort",
    "German notes": "Abwesenheitsnotiz",
    "Dutch": "Automatisch antwoord",
    "Swedish": "Autosvar",
    "Swedish Outlook": "Automatiskt svar",
    "Danish": "Automatisk svar",
    "Finnish": "Automaattinen vastaus",
    "Icelandic": "Sjálfvirkt svar",
    "French": "Réponse automatique",
    "Spanish": "Respuesta automática",
    "Italian": "Risposta automatica",
    "Portuguese": "Resposta automática",
    "Catalan": "Resposta automàtica",
    "Romanian": "Răspuns automat",
    "Russian": "Автоответ",
    "Russian Outlook": "Автоматический ответ",
    "Ukrainian": "Автоматична відповідь",
    "Bulgarian": "Автоматичен отговор",
    "Serbian": "Аутоматски одговор",
    "Croatian": "Automatski odgovor",
    "Slovene": "Samodejni odgovor",
    "Polish": "Automatyczna odpowiedź",
    "Czech": "Automatická odpověď",
    "Slovak": "Automatická odpoveď",
    "Hungarian": "Automatikus válasz",
    "Estonian": "Automaatvastus",
    "Latvian": "Automātiska atbilde",
    "Lithuanian": "Automatinis atsakymas",
    "Greek": "Αυτόματη απάντηση",
    "Turkish": "Otomatik yanıt",
    "Japanese": "自動返信",
    "Chinese": "自动答复",
    "Taiwanese": "自動回覆",
    "Korean": "자동 회신",
    "Vietnamese": "Trả lời tự động",
    "Indonesian": "Balasan otomatis",
    "Thai": "ตอบกลับอัตโนมัติ",
    "Hindi": "स्वचालित उत्तर",
    "Arabic": "رد تلقائي",
    "Persian": "پاسخ خودکار",
    "Hebrew": "תשובה אוטומטית",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_automatic_reply_is_known_by_its_subject_alone(language: str):
    form = LANGUAGES[language]
    assert judged(f"{form}: Cash desk 3") == VACATION
    assert judged(f"{form.upper()}：Cash desk 3") == VACATION
    assert judged(form) == VACATION
    assert judged(f"{form} works not") == PERSON


@pytest.mark.parametrize("subject", ["Re: Automatic reply: Cash desk 3", "AW: Autosvar: Kassa"])
def test_a_person_may_answer_an_automatic_reply(subject: str):
    assert judged(subject, In_Reply_To="<a@b.test>") == PERSON
    assert judged(subject, Return_Path="<>") == VACATION


@pytest.mark.parametrize(
    "subject",
    ["Out of Office: Cash desk 3", "Frånvaro: Kassa", "Urlaub: Kasse", "В отпуске", "Poissa: x"],
)
def test_words_that_people_write_too_need_a_second_sign(subject: str):
    assert judged(subject) == PERSON
    assert judged(subject, In_Reply_To="<a@b.test>") == VACATION
    assert judged(subject, X_Auto_Response_Suppress="All") == VACATION
    assert judged(f"{subject.partition(':')[0]}: Re: [IT-7] Cash desk") == VACATION


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply does not work",
        "Out of office assistant is broken",
        "Vacation list for May",
        "Question: automatic reply",
        "Autosvar fungerar inte",
        "Automatische Antwort einrichten",
    ],
)
def test_a_person_may_write_about_automatic_replies(subject: str):
    assert judged(subject) == PERSON
    assert judged(subject, In_Reply_To="<a@b.test>") == PERSON


def test_the_receipt_of_another_desk_is_no_vacation():
    assert judged("Ticket received [#48213]", Auto_Submitted="auto-replied") == (
        Sort.PROGRAM,
        Kind.AUTO_REPLY,
    )


def test_an_automatic_reply_says_that_the_mail_has_arrived():
    (bounce,) = read_mail(a_mail("Back in May", subject="Automatic reply: Hi")).bounces
    assert (bounce.recipient, bounce.reason.value) == ("anna@example.com", "vacation")
    assert not bounce.hard
    assert not bounce.has_failed


def with_part(part: str, *, whole: str = "multipart/mixed") -> bytes:
    return (
        f"From: anna@example.com\nSubject: Accepted: Meeting\n"
        f"Content-Type: {whole}; boundary=cut\n\n"
        f"--cut\nContent-Type: text/plain\n\nHello\n\n--cut\n{part}\n--cut--\n"
    ).encode()


@pytest.mark.parametrize(
    ("method", "sort"),
    [("REPLY", Sort.PROGRAM), ('"reply"', Sort.PROGRAM), ("REQUEST", Sort.PERSON)],
)
def test_an_answer_to_an_invitation_is_a_programs_mail(method: str, sort: Sort):
    part = f"Content-Type: text/calendar; charset=utf-8; method={method}\n\nBEGIN:VCALENDAR"
    nature = read_mail(with_part(part)).nature
    assert nature.sort is sort
    assert nature.kind is (Kind.CALENDAR if sort is Sort.PROGRAM else Kind.NOTHING)


@pytest.mark.parametrize(
    ("report_type", "wanted"),
    [
        ("disposition-notification", (Sort.PROGRAM, Kind.RECEIPT)),
        ("delivery-status", (Sort.BOUNCE, Kind.BOUNCE)),
        ("feedback-report", (Sort.PROGRAM, Kind.FEEDBACK)),
        ("something-else", (Sort.PROGRAM, Kind.NOTIFICATION)),
    ],
)
def test_a_report_is_a_programs_mail(report_type: str, wanted: tuple[Sort, Kind]):
    raw = with_part(
        "Content-Type: text/plain\n\nx", whole=f"multipart/report; report-type={report_type}"
    )
    nature = read_mail(raw).nature
    assert (nature.sort, nature.kind) == wanted
    assert nature.is_automatic
    assert nature.sign
