import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansvar.conversations.parsing.html_quoting import split_html
from ansvar.conversations.parsing.quoting import reply_parts, split_reply
from ansvar.conversations.sanitising import text_from_html

INTRODUCTIONS = [
    "On Mon, 3 Feb 2025 at 10:00, Bo Ek <bo@x.test> wrote:\n> Works?",
    "On Mon, 3 Feb 2025 at 10:00, Bo Ek\n<bo@x.test> wrote:\n> Works?",
    "On Mon, Feb 3, 2025 at 10:00 AM The Long Desk of All Things <\nbo@x.test> wrote:\n\n> Works?",
    "On Feb 3, 2025, at 10:00 AM, Bo Ek\n<bo@x.test>\nwrote:\n\n> Works?",
    "> On 3 Feb 2025, at 10:00, Bo Ek <bo@x.test> wrote:\n>\n> Works?",
    "---- On Mon, 03 Feb 2025 10:00:00 +0100 bo@x.test wrote ----\n\nWorks?",
    "Am 03.02.2025 um 10:00 schrieb Bo Ek <bo@x.test>:\n> Geht es?",
    "Bo Ek <bo@x.test> schrieb am Mo., 3. Feb. 2025, 10:00:\n\nGeht es?",
    "Den mån 3 feb. 2025 kl 10:00 skrev Bo Ek <bo@x.test>:\n> Går det?",
    "man. 3. feb. 2025 kl. 10:00 skrev Bo Ek <bo@x.test>:\n> Virker det?",
    "Den man. 3. feb. 2025 kl. 10.00 skrev Bo Ek <\nbo@x.test>:\n\n> Virker det?",
    "ma 3. helmik. 2025 klo 10.00 Bo Ek (bo@x.test) kirjoitti:\n> Toimiiko?",
    "Op ma 3 feb 2025 om 10:00 schreef Bo Ek <bo@x.test>:\n> Werkt het?",
    "Le lun. 3 févr. 2025 à 10:00, Bo Ek <bo@x.test> a écrit :\n> Ça marche ?",
    "El lun, 3 feb 2025 a las 10:00, Bo Ek (<bo@x.test>) escribió:\n> ¿Funciona?",
    "Em seg., 3 de fev. de 2025 às 10:00, Bo Ek <bo@x.test> escreveu:\n> Funciona?",
    "Il giorno lun 3 feb 2025 alle ore 10:00 Bo Ek <bo@x.test> ha\nscritto:\n> Funziona?",
    "pon., 3 lut 2025 o 10:00 Bo Ek <bo@x.test> napisał(a):\n> Działa?",
    "po 3. 2. 2025 v 10:00 odesílatel Bo Ek <bo@x.test> napsal:\n> Jde to?",
    "пн, 3 февр. 2025 г. в 10:00, Bo Ek <bo@x.test>:\n> Работает?",
    "3 февр. 2025 г., в 10:00, Bo Ek <bo@x.test> написал(а):\n> Работает?",
    "03.02.2025, 10:00, «Bo Ek» <bo@x.test>:\n\nРаботает?",
    "Понедельник, 3 февраля 2025, 10:00 +03:00 от Bo Ek <bo@x.test>:\n\nРаботает?",
    "пн, 3 лют. 2025 р. о 10:00 Bo Ek <bo@x.test> пише:\n> Працює?",
    "Bo Ek <bo@x.test>, 3 Şub 2025 Pzt, 10:00 tarihinde şunu yazdı:\n> Çalışıyor mu?",
    "2025年2月3日(月) 10:00 Bo Ek <bo@x.test>:\n> 動きますか",
    "Bo Ek <bo@x.test> 于2025年2月3日周一 10:00写道：\n> 好了吗",
    "2025년 2월 3일 (월) 오전 10:00, Bo Ek <bo@x.test>님이 작성:\n> 되나요",
    "-----Original Message-----\nFrom: Bo\nSent: Monday\nTo: IT\nSubject: Till\n\nWorks?",
    "----- Ursprungligt meddelande -----\nFrån: Bo <bo@x.test>\nTill: IT\n\nGår det?",
    "------------------ 原始邮件 ------------------\n发件人: Bo <bo@x.test>\n\n好了吗",
    "________________________________\nFrom: Bo <bo@x.test>\nSent: Mon\nTo: IT\nSubject: T\n\nHm",
    "*Von:* Bo Ek <bo@x.test>\n*Gesendet:* Montag, 3. Februar\n*An:* IT\n*Betreff:* Kasse\n\nGeht?",
    "Från: Bo Ek\nSkickat: den 3 februari 2025 10:00\nTill: IT\nÄmne: Kassan\n\nGår det?",
    "Fra: Bo Ek <bo@x.test>\nDato: mandag 3. februar\nTil: IT\nEmne: Kasse\n\nVirker det?",
    "Lähettäjä: Bo Ek\nLähetetty: maanantai\nVastaanottaja: IT\nAihe: Kassa\n\nToimiiko?",
    "Van: Bo Ek\nVerzonden: maandag 3 februari\nAan: IT\nOnderwerp: Kassa\n\nWerkt het?",
    " De : Bo Ek <bo@x.test>\n À : IT\n Envoyé le : lundi 3 février\n Objet : Caisse\n\nEt ?",
    "De: Bo Ek\nEnviado: lunes\nPara: IT\nAsunto: Caja\n\n¿Funciona?",
    "De: Bo Ek\nEnviada em: segunda-feira\nPara: IT\nAssunto: Caixa\n\nFunciona?",
    "Da: Bo Ek\nInviato: lunedì 3 febbraio\nA: IT\nOggetto: Cassa\n\nFunziona?",
    "Od: Bo Ek\nWysłano: poniedziałek\nDo: IT\nTemat: Kasa\n\nDziała?",
    "Od: Bo Ek\nOdesláno: pondělí\nKomu: IT\nPředmět: Pokladna\n\nJde to?",
    "От: Bo Ek <bo@x.test>\nОтправлено: 3 февраля\nКому: IT\nТема: Касса\n\nРаботает?",
    "Від: Bo Ek\nНадіслано: 3 лютого\nКому: IT\nТема: Каса\n\nПрацює?",
    "Kimden: Bo Ek\nGönderildi: Pazartesi\nKime: IT\nKonu: Kasa\n\nÇalışıyor mu?",
    "差出人: Bo Ek\n送信日時: 2025年2月3日\n宛先: IT\n件名: レジ\n\n動きますか",
    "发件人: Bo Ek\n发送时间: 2025年2月3日\n收件人: IT\n主题: 收银\n\n好了吗",
    "보낸 사람: Bo Ek\n보낸 날짜: 2025년\n받는 사람: IT\n제목: 계산대\n\n되나요",
    "From: Bo Ek\n<bo.with.a.long.address@x.test>\nSent: Monday\nTo: IT\nSubject: Till\n\nWorks?",
    "> Subject: Till\n> From: bo@x.test\n>\n> Works?",
    "Bo Ek wrote:\n> Works?",
]


@pytest.mark.parametrize("earlier", INTRODUCTIONS)
def test_an_earlier_mail_is_folded_whatever_program_and_language_introduce_it(earlier: str):
    assert split_reply(f"Yes.\nIt does.\n\n{earlier}") == ("Yes.\nIt does.", earlier.strip())


SIGNATURES = [
    "-- \nAnna Berg\nWarehouse\n\nThis mail is for its reader only, and for nobody else.",
    "--\nAnna Berg",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für Android<https://x.test/get>",
    "Skickat från min iPhone",
    "Sendt fra min iPad",
    "Lähetetty iPhonesta",
    "Verstuurd vanaf mijn iPhone",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Enviado do meu telemóvel Samsung",
    "Inviato da iPhone",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru",
    "Надіслано з iPhone",
    "iPhone'umdan gönderildi",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "Sent from my phone, please excuse typos.",
    "Get Outlook for iOS<https://x.test/get>",
    "Best regards,\n\nAnna Berg\nWarehouse",
    "Mit freundlichen Grüßen\nAnna Berg\nTel. +49 30 123 45 67",
    "Med vänlig hälsning\nAnna",
    "С уважением,\nАнна Берг",
    "Thanks and regards,\nAnna",
    "Kind regards\nAnna\n\n--\nAnna Berg\n\nSent from my iPhone",
    "__\ndesk mailing list\nhttp://lists.x.test/desk",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_folded(signature: str):
    parts = reply_parts(f"The till is dead.\n\n{signature}\n\nOn 3 Feb 2025 10:00, Bo wrote:\n> A")
    assert parts.shown == parts.own == "The till is dead."
    assert parts.signature == signature.strip()


@pytest.mark.parametrize(
    ("words", "signature"),
    [
        ("Yes.", "Anna Berg\nWarehouse\n+46 70 123 45 67"),
        ("Yes.", "----------\n\nLOGO\n\nAnna Berg\nwww.x.test"),
        ("Yes.", "Thanks,\nAnna"),
        ("Yes.\n\nThanks,\nBo", ""),
        ("Please unlock\n\nAnna Berg\nin the warehouse", ""),
        ("Call me:\n\nAnna Berg\n+46 70 123 45 67", ""),
    ],
)
def test_whose_mail_it_is_tells_a_signature_from_an_answer(words: str, signature: str):
    parts = reply_parts(f"{words}\n\n{signature}", author="Anna Berg anna@x.test")
    assert (parts.shown, parts.signature) == (words, signature)


@pytest.mark.parametrize(
    "text",
    [
        "Steps:\n> open the till\n> press start\n\nThen it beeps.",
        "I type\n\n```\n> ls\n> pwd\n```",
        "What I typed:\n> ls\n> pwd",
        "It says\n\n>>> import till\n>>> till.open()",
        "Look\n\n------ Forwarded message -----\nFrom: Bo <bo@x.test>\nDate: x\nSubject: y\n\nZ",
        "Da\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Bo <b@x.test>\nDatum: x\nBetreff: y",
        "From: Oslo\nTo: Rome\nDate: 3 May\n\nCan you book it?",
        "I need\n-- a chair\n-- a table that is not too high for me.",
        "First\n--\nSecond, and this is a whole sentence.",
        "Sent from my desk, which is easier than by phone.",
        "The mail was sent from my iPhone\nand is lost.",
        "Sent from my iPhone\n\nP.S. The printer is dead as well.",
        "On the surface it works.\n\nOn the other hand: no.",
        "On Monday the 3rd I wrote:\nit is dead",
        "On Monday:\n\nIt is dead",
        "Between us: he wrote it in 2024\nBest regards are not due.",
        "I quote her\n\nRegards,\nI am not sure who wrote that, are you?",
        "https://x.test/On-2025-02-03-bo-wrote:\nis the link",
    ],
)
def test_in_doubt_nothing_is_hidden(text: str):
    assert split_reply(text) == (text, "")


def test_answers_between_quoted_lines_are_shown_with_these_and_can_be_had_alone():
    text = (
        "Hi,\n\nOn Mon, 3 Feb 2025, Bo <bo@x.test> wrote:\n> Which one?\n\nThe third.\n\n"
        "> And now?\n\nNothing.\n\n--\nAnna"
    )
    parts = reply_parts(text)
    assert parts.shown == text.removesuffix("\n\n--\nAnna")
    assert parts.own == "Hi,\n\nThe third.\nNothing."
    assert parts.signature == "--\nAnna"


def test_an_answer_below_the_quotation_is_what_is_new():
    text = "On 04/02/2025 06:26 PM, Bo wrote:\n> Works?\n> Bo\n\nYes.\n\n-- \nAnna"
    parts = reply_parts(text)
    assert (parts.shown, parts.signature) == ("Yes.", "-- \nAnna".strip())
    assert parts.quotation.startswith("On 04/02/2025")


@settings(max_examples=100)
@given(st.text(alphabet=st.sampled_from("On wrote:\n> Från1-_.От@—"), max_size=400))
def test_no_word_is_lost_between_new_and_old(text: str):
    new, folded = split_reply(text, author="Bo bo@x.test")
    assert sorted("".join((new + folded).split())) == sorted("".join(text.split()))
    assert new or not text.strip()


WRITTEN = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12),
    min_size=1,
    max_size=12,
).map(" ".join)


@settings(max_examples=100)
@given(st.lists(WRITTEN, min_size=1, max_size=6), st.sampled_from(INTRODUCTIONS))
def test_what_somebody_writes_above_an_earlier_mail_always_survives(lines: list[str], earlier: str):
    # A full stop ends each line as in prose: bare marks such as "--" have a meaning of their own.
    written = "\n".join(f"Well, {line}, that is it, I am afraid." for line in lines)
    assert split_reply(f"{written}\n\n{earlier}")[0] == written


@pytest.mark.parametrize(
    "line",
    [
        "On " + "a " * 5_000 + "wrote:",
        "> " * 5_000,
        ">",
        "Den 3 feb 2025 10:00 " + "skrev " * 2_000,
        "From:" + " " * 9_000,
        "On 12 a@b.test wrote",
        "--",
        "Sent from my iPhone",
        "On 3 Feb 2025 at 10:00, Bo <bo@x.test> wrote:",
    ],
)
def test_a_hostile_text_is_split_like_any_other(line: str):
    new, folded = split_reply("\n".join([line] * 200), author="Bo bo@x.test")
    assert new
    assert "".join((new + folded).split()) == "".join(line.split()) * 200


QUOTED_HTML = [
    (
        '<div class="gmail_quote">Am 3.2.2025 um 10:00 sagte Bo:<blockquote class="gmail_quote">'
        "Earlier</blockquote></div>"
    ),
    (
        '<div class="gmail_quote"><div class="gmail_attr">Bo, neulich:</div><blockquote '
        'style="border-left:1px solid #ccc">Earlier</blockquote></div>'
    ),
    (
        '<p style="color:gray">On 3 Feb 2025, at 10:00, Bo wrote:</p><blockquote type="cite">'
        "Earlier</blockquote>"
    ),
    '<div class="moz-cite-prefix">Bo kirjutas:</div><blockquote type="cite">Earlier</blockquote>',
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Frå:</b> Bo</div>Earlier',
    (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt"><p><b>Frå:</b>'
        " Bo</p></div><p>Earlier</p>"
    ),
    '<hr id="stopSpelling">Whatever: Bo<br>Earlier',
    "<hr><b>From: </b>bo@x.test<br><b>To: </b>it@x.test<br><b>Sent: </b>Friday<br>Earlier",
    '<span id="OLK_SRC_BODY_SECTION"><div>Bo</div><div>Earlier</div></span>',
    '<div id="ydp1yahoo_quoted" class="yahoo_quoted"><div>Bo, gisteren</div>Earlier</div>',
    (
        '<div class="protonmail_quote">Le lundi Bo :<br><blockquote type="cite">Earlier'
        "</blockquote></div>"
    ),
    '<div class="zmail_extra"><div>---- Bo ----</div><blockquote>Earlier</blockquote></div>',
    "03.02.2025, 10:00, Bo &lt;bo@x.test&gt;:<br><blockquote>Earlier</blockquote>",
    "&gt; Subject: Till<br>&gt; From: bo@x.test<br>&gt; Earlier",
    "<pre>-----Original Message-----\nFrom: Bo &lt;bo@x.test&gt;\nEarlier</pre>",
    '<div class="gmail_signature">-- <br>Anna</div><blockquote type="cite">Earlier</blockquote>',
]


@pytest.mark.parametrize("earlier", QUOTED_HTML)
def test_html_is_cut_where_its_program_marks_an_earlier_mail(earlier: str):
    parts = split_html(f"<html><body><div><p>Yes, <b>it</b> does.</p><br>{earlier}</div></body>")
    assert text_from_html(parts.new).strip() == "Yes, it does."
    assert "Earlier" in text_from_html(parts.folded)


@pytest.mark.parametrize(
    "whole",
    [
        '<blockquote type="cite">One?</blockquote>Yes.<blockquote type="cite">Two?</blockquote>No.',
        (
            '<p>Hi</p><div class="gmail_quote">On 3 Feb 2025 Bo wrote:'
            '<blockquote class="gmail_quote">'
            "One?</blockquote><p>Yes.</p><blockquote class='gmail_quote'>Two?</blockquote></div>No."
        ),
        (
            '<p>See</p><div class="gmail_quote">---------- Forwarded message ---------<br>From: Bo'
            "<br>Date: x<br>Subject: y<br><br>News</div>"
        ),
        '<p>See</p><div class="moz-forward-container">Bo sagt: News</div>',
        '<blockquote style="margin:0 0 0 40px;border:none">Only indented</blockquote>',
        "<p>Text</p><blockquote>said a poet</blockquote>",
        '<table><tr><td>Yes</td><td><div class="gmail_quote">Cell</div></td></tr></table>',
        (
            '<p>Hi</p><div class="gmail_quote">On 3 Feb 2025 Bo wrote:<blockquote type="cite">'
            "Which?"
            '</blockquote></div><img src="cid:answer">'
        ),
    ],
)
def test_html_that_answers_inside_or_cannot_be_cut_stays_whole(whole: str):
    assert split_html(whole).new == whole
    assert not split_html(whole).folded


def test_a_picture_alone_is_an_answer():
    parts = split_html('<img src="cid:a"><blockquote type="cite">Screenshot?</blockquote>')
    assert "cid:a" in parts.new
    assert "Screenshot" in parts.folded


def test_html_too_deep_for_the_parser_loses_no_word():
    deep = "<div>" * 30_000 + 'word<blockquote type="cite">old</blockquote>'
    parts = split_html(deep)
    assert "word" in parts.new + parts.folded
    assert "old" in parts.new + parts.folded
