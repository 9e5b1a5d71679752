"""Answers that a program gives for somebody who is away, in the languages of the mail programs.

Only the form that a program writes counts: the words, then a colon or nothing. A person who asks
why the automatic reply does not work writes on in a sentence.
"""

import re
import unicodedata

_LOOKED_AT = 300

_REPLY_MARKS = re.compile(
    r"(?:(?:re|aw|sv|vs|vá|antw|odp|rif|r|res|ref|ynt|回复|答复|回覆|отв)\s{0,3}[:：]\s{0,3}){1,5}"
)
_ANSWERED = re.compile(rf"{_REPLY_MARKS.pattern}|\[[a-z]{{1,12}}-\d{{1,12}}\]")
"""What a subject goes on with when a program puts its words before that of the mail it answers."""

_BY_PROGRAMS = (
    # English, German, Dutch, Afrikaans
    "automatic reply", "automatic response", "auto reply", "auto-reply", "autoreply",
    "auto response", "auto-response", "autoresponse", "automated reply", "automated response",
    "out of office autoreply", "out of office auto-reply", "out of office reply",
    "out-of-office reply", "automatische antwort", "abwesenheitsnotiz", "abwesenheitsagent",
    "abwesenheitsbenachrichtigung", "automatische rückmeldung", "automatisch antwoord",
    "automatisch bericht", "automatische beantwoording", "afwezigheidsbericht",
    "outomatiese antwoord",
    # Nordic
    "autosvar", "automatiskt svar", "automatsvar", "automatisk svar", "autosvar vid frånvaro",
    "automaattinen vastaus", "poissaoloviesti", "sjálfvirkt svar", "fraværsbesked",
    "fraværsmelding", "frånvaromeddelande", "fraværsassistent",
    # Romance
    "réponse automatique", "reponse automatique", "réponse d'absence", "respuesta automática",
    "respuesta automatica", "risposta automatica", "resposta automática", "resposta automatica",
    "resposta automàtica", "răspuns automat", "raspuns automat", "erantzun automatikoa",
    # Slavic and Baltic
    "автоответ", "автоматический ответ", "автоматична відповідь", "автовідповідь",
    "автоматичен отговор", "аутоматски одговор", "автоматски одговор", "аўтаматычны адказ",
    "automatyczna odpowiedź", "automatyczna odpowiedz", "autoodpowiedź", "automatická odpověď",
    "automatická odpoveď", "automatski odgovor", "samodejni odgovor", "automātiska atbilde",
    "automātiskā atbilde", "automatinis atsakymas", "автоматтық жауап",
    # Finno-Ugric, Greek, Turkish
    "automaatvastus", "automaatne vastus", "automatikus válasz", "αυτόματη απάντηση",
    "otomatik yanıt", "otomatik cevap", "avtomatik cavab",
    # Asian
    "自動返信", "自動応答", "自動回覆", "自動答覆", "自动回复", "自动答复", "자동 회신", "자동회신",
    "자동 응답", "자동응답", "부재중 자동 회신", "不在通知", "trả lời tự động",
    "thư trả lời tự động",
    "balasan otomatis", "jawaban otomatis", "balasan automatik", "ตอบกลับอัตโนมัติ",
    "การตอบกลับอัตโนมัติ", "स्वचालित उत्तर", "स्वतः उत्तर",
    # Right to left
    "رد تلقائي", "الرد التلقائي", "پاسخ خودکار", "مענה אוטומטי", "מענה אוטומטי",
    "תגובה אוטומטית", "תשובה אוטומטית",
)  # fmt: skip
"""Words that stand before a colon only when a program puts them there."""

_BY_PEOPLE_TOO = (
    "out of office", "out of the office", "out-of-office", "ooo", "i am out of the office",
    "i'm out of the office", "away from office", "away from my mail", "on vacation",
    "vacation reply", "vacation", "on holiday", "annual leave", "auto", "abwesenheit", "abwesend",
    "nicht im büro", "außer haus", "urlaub", "im urlaub", "afwezig", "afwezigheid", "niet aanwezig",
    "frånvaro", "frånvarande", "semester", "fravær", "fraværende", "ferie", "poissa", "lomalla",
    "poissaolo", "absence", "absent", "absence du bureau", "en congés", "congé", "hors du bureau",
    "ausencia", "fuera de la oficina", "fuera de oficina", "ausente", "fuori ufficio", "assenza",
    "fora do escritório", "ausência", "absent din birou", "нет на месте", "нет в офисе",
    "вне офиса", "отпуск", "в отпуске", "відсутній", "у відпустці", "извън офиса", "nieobecność",
    "nieobecny", "poza biurem", "urlop", "mimo kancelář", "nepřítomnost", "nepřítomen",
    "mimo kancelárie", "odsoten", "izvan ureda", "házon kívül", "szabadság", "kontorist väljas",
    "puhkusel", "atvaļinājumā", "prombūtnē", "atostogose", "εκτός γραφείου", "ofis dışında",
    "ofis dışındayım", "izinde", "不在", "休暇", "外出", "休假", "外出中", "부재중", "휴가",
    "vắng mặt", "cuti", "خارج المكتب", "לא במשרד",
)  # fmt: skip
"""Words that people write in subjects too: a second sign is needed."""


def _folded(text: str) -> str:
    # Turkish has an i without its dot, which is lost and found as letters grow and shrink.
    lower = unicodedata.normalize("NFC", text).lower().replace("ı", "i").replace("i\u0307", "i")
    return " ".join(lower.split())


def _form(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((_folded(one) for one in words), key=len, reverse=True)
    anyone = "|".join(re.escape(one) for one in longest_first)
    return re.compile(rf"[\[(<*\s]{{0,3}}(?:{anyone})[\])>*\s!.]{{0,3}}(?:[:：]|[-–—]\s|$)")


_PROGRAM_FORM = _form(_BY_PROGRAMS)
_PERSON_FORM = _form(_BY_PEOPLE_TOO)


def is_away_message(subject: str, *, has_other_sign: bool, answers_a_mail: bool) -> bool:
    """Tell whether a subject says that somebody is away, as a program says it.

    *has_other_sign*: something else speaks for a program too, such as an empty return path.
    *answers_a_mail*: the header names the mail that it answers.
    """
    folded = _folded(subject[:_LOOKED_AT])
    if marks := _REPLY_MARKS.match(folded):
        # A person may be answering such a message, so the mail it answers proves nothing.
        bare = folded[marks.end() :]
        return has_other_sign and bool(_PROGRAM_FORM.match(bare) or _PERSON_FORM.match(bare))
    if _PROGRAM_FORM.match(folded):
        return True
    form = _PERSON_FORM.match(folded)
    if form is None:
        return False
    return has_other_sign or answers_a_mail or bool(_ANSWERED.match(folded[form.end() :].strip()))
