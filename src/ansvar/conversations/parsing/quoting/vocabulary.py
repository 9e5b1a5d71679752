"""Words by which mail programs of many languages mark what is not new in a mail.

All in lower case, as they are compared. A language is added by adding its words here.
"""


def _phrases(written: str) -> frozenset[str]:
    """Return the phrases of a list in which bars and line ends stand between them."""
    return frozenset(
        one.strip() for line in written.splitlines() for one in line.split("|") if one.strip()
    )


WROTE = _phrases(
    """
    wrote|writes|schrieb|schreibt|geschrieben|skrev|skriver|skreiv|kirjoitti|schreef|écrit
    écrivait|escribió|escribio|escreveu|scritto|scrive|napisał|napisała|napisał(a)|napisał/a
    pisze|napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|написал|написала|написал(а)
    написав|написала(в)|пишет|пише|писал|писала|писал(а)|писав|yazdı|yazmış|írta|scris|pisao
    έγραψε|kirjutas|rakstīja|rašė|menulis|escriure|כתב|كتب
    """
)
"""Verbs of the line that introduces a quoted mail, in languages that set words apart."""
WROTE_UNSPACED = (
    "写道", "寫道", "书写", "のメール", "書きました", "書き込みました", "작성", "님이",
)  # fmt: skip
"""The same in languages that do not."""

OPENERS = _phrases(
    """
    on|am|den|le|el|il|em|op|på|pe|dnia|w|dne|dňa|в|у|在|ke|no|no:|em:|il:|le:|am:|du|mån|tis|ons
    tors|fre|lör|sön|ti:|пн|вт|ср|чт|пт|сб|вс|нд|pada|στις|ngày|于|vào|kl
    """
)
"""First words of such a line; a date must follow in the same line."""

FIELDS = {
    "from": """
        from|von|från|fra|lähettäjä|van|de|da|od|от|від|от кого|від кого|отправитель|відправник
        kimden|gönderen|差出人|送信者|发件人|寄件者|寄件人|發件人|보낸 사람|보낸사람|expéditeur
        mittente|remitente|remetente|feladó|nadawca|odesílatel|afzender|absender|avsändare
        afsender|avsender|saatja|nuo|no|pošiljatelj|από|desde
        """,
    "sent": """
        sent|gesendet|skickat|sendt|lähetetty|verzonden|envoyé|envoyé le|envoyée|enviado
        enviado el|enviado em|enviada|enviada em|enviado a|inviato|inviato il|wysłano|wysłane
        odesláno|odoslané|отправлено|надіслано|відправлено|дата отправки|gönderildi
        gönderme tarihi|gönderilme tarihi|送信日時|发送时间|發送時間|傳送時間|寄件日期|보낸 날짜
        보낸날짜|elküldve|trimis|saadetud|poslano
        """,
    "date": """
        date|datum|data|fecha|päivä|päiväys|päivämäärä|dato|дата|tarih|日付|日期|日時|날짜
        message du|dátum|kuupäev|ημερομηνία
        """,
    "to": """
        to|an|till|til|vastaanottaja|aan|à|a|para|do|komu|кому|kime|alıcı|宛先|收件人|收件者
        받는 사람|받는사람|címzett|destinataire|destinatario|empfänger|mottagare|modtager|mottaker
        pro|către
        """,
    "cc": """
        cc|bcc|kopie|kopia|kopi|kopio|copie|copie à|copia|kopie an|копия|копія|bilgi|抄送|副本
        참조|dw|másolat|cópia|kopi til
        """,
    "subject": """
        subject|betreff|ämne|emne|aihe|onderwerp|objet|sujet|asunto|assunto|oggetto|temat|předmět
        predmet|тема|konu|件名|主题|主旨|主題|제목|tárgy|subiect|teema|θέμα
        """,
    "other": """
        reply-to|antwort an|importance|priorität|wichtigkeit|prioritet|priority|attachments
        anlagen|anhänge|bifogade filer|bilagor|pièces jointes|allegati|adjuntos|anexos|вложения
        organization|sensitivity|importancia|importanza|svar till|responder a|répondre à
        """,
}
"""Names of header fields, several languages each, separated by bars or line ends."""
FIELD_KINDS = {word: kind for kind, words in FIELDS.items() for word in _phrases(words)}

ORIGINAL = _phrases(
    """
    original message|original appointment|original mail|original email|reply message|reply above
    ursprüngliche nachricht|original-nachricht|originalnachricht|original nachricht
    ursprungsnachricht|ursprüngliche mail|ursprüngliche e-mail|originalmeddelande
    ursprungligt meddelande|originalmeddelelse|oprindelig meddelelse|original meddelelse
    opprinnelig melding|original melding|opprinnelig e-post|alkuperäinen viesti
    oorspronkelijk bericht|oorspronkelijke bericht|oorspronkelijke e-mail|message d'origine
    message original|courriel original|mail original|message initial|mensaje original
    correo original|mensagem original|messaggio originale|messaggio original|oryginalna wiadomość
    wiadomość oryginalna|wiadomość pierwotna|původní zpráva|původní e-mail|pôvodná správa
    исходное сообщение|оригинальное сообщение|первоначальное сообщение|исходное письмо
    початкове повідомлення|оригінальне повідомлення|вихідне повідомлення|özgün ileti
    orijinal mesaj|orijinal ileti|元のメッセージ|元のメール|原始邮件|原始郵件|邮件原件|原邮件
    원본 메시지|원본 메일|eredeti üzenet|mesaj original|mesajul original|izvorna poruka|algne kiri
    исходное сообщение:
    """
)
"""What stands between rules above an answered mail."""

FORWARDED = _phrases(
    """
    forwarded message|begin forwarded message|start of forwarded message|forwarded mail
    weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail
    vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mejl|vidarebefordrat mail
    videresendt meddelelse|videresendt melding|videresendt mail|start på videresendt meddelelse
    välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa|doorgestuurd bericht
    begin doorgestuurd bericht|message transféré|début du message transféré|message réexpédié
    début du message réexpédié|mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada
    mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada
    messaggio inoltrato|inizio messaggio inoltrato|wiadomość przekazana|przekazana wiadomość
    przesłana wiadomość|treść przekazanej wiadomości|początek przekazywanej wiadomości
    przeposlaná zpráva|přeposlaná zpráva|předaná zpráva|začátek přeposílané zprávy
    preposlaná správa|пересылаемое сообщение|пересланное сообщение
    начало переадресованного сообщения|начало переадресованного письма|переслане повідомлення
    початок листа, що пересилається|iletilen mesaj|iletilen ileti|yönlendirilmiş ileti
    iletilmiş mesaj|転送されたメッセージ|転送メッセージ|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件
    转发邮件信息|전달된 메시지|전달된 메일|továbbított üzenet|mesaj redirecționat
    proslijeđena poruka
    """
)
"""What stands above a mail that is passed on: that mail is news to its reader."""

SENT_FROM = (
    "sent from", "sent via", "sent with", "sent using", "sent by my", "get outlook for",
    "get bluemail", "download outlook", "sent on the go", "via mobile", "von meinem",
    "von meiner", "von unterwegs", "gesendet von", "gesendet mit", "gesendet via", "gesendet aus",
    "gesendet über", "diese nachricht wurde von", "diese nachricht wurde mit", "hol dir outlook",
    "holen sie sich outlook", "outlook für", "skickat från", "skickat med", "skickat via",
    "skickades från", "hämta outlook", "sendt fra", "sendt med", "sendt via", "hent outlook",
    "få outlook", "lähetetty", "hanki outlook", "verzonden vanaf", "verstuurd vanaf",
    "verzonden met", "verstuurd met", "verzonden via", "outlook voor", "envoyé de",
    "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé via", "obtenez outlook",
    "obtenir outlook", "télécharger outlook", "téléchargez outlook", "enviado desde",
    "enviado do", "enviado de", "enviado con", "enviado com", "enviado via", "enviado a partir",
    "enviada do", "obtener outlook", "obter outlook", "obter o outlook", "baixar o outlook",
    "inviato da", "inviato con", "inviato dal", "ottieni outlook", "scarica outlook", "wysłane z",
    "wysłano z", "wysłane za", "pobierz outlook", "odesláno z", "odoslané z", "získejte outlook",
    "stáhnout outlook", "отправлено с", "отправлено из", "отправлено от", "скачать outlook",
    "скачайте outlook", "получить outlook", "надіслано з", "надіслано від", "відправлено з",
    "завантажити outlook", "发自我的", "发自", "从我的", "來自我的", "發自我的", "寄自", "傳自",
    "由我的", "從我的", "küldve", "trimis de pe", "poslano s", "saadetud minu",
)  # fmt: skip
"""How the line begins in which a program names itself."""
SENT_FROM_ENDS = (
    "gönderildi", "から送信", "より送信", "から送信されました", "에서 보냄", "에서 보냈습니다",
    "에서 전송", "gesendet", "发送", "傳送", "寄出",
)  # fmt: skip
PRODUCTS = (
    "iphon", "ipad", "ipod", "ios", "outlook", "android", "samsung", "galaxy", "blackberry",
    "huawei", "xiaomi", "redmi", "oneplus", "nokia", "sony", "xperia", "htc", "motorola", "pixel",
    "windows", "yahoo", "proton", "gmail", "gmx", "web.de", "mail", "app", "handy", "mobil", "mobi",
    "phone", "tablet", "smartphone", "телефон", "смартфон", "айфон", "яндекс", "почт", "пошт",
    "telefon", "téléphone", "puhelin", "sparrow", "spark", "手机", "手機", "携帯", "스마트폰",
    "휴대폰", "네이버", "邮箱",
)  # fmt: skip
"""What such a line names, in part of a word."""
EXCUSES = (
    "excuse", "typo", "brevity", "brief", "tippfehler", "entschuldig", "опечат", "felskriv",
)  # fmt: skip

CLOSINGS = _phrases(
    """
    regards|best regards|kind regards|kindest regards|warm regards|warmest regards|with regards
    with kind regards|with best regards|many regards|rgds|mit freundlichen grüßen
    mit freundlichen grüssen|mit freundlichem gruß|mit freundlichem gruss|freundliche grüße
    freundliche grüsse|mit besten grüßen|mit besten grüssen|mit vielen grüßen|viele grüße
    viele grüsse|beste grüße|beste grüsse|liebe grüße|liebe grüsse|schöne grüße|schöne grüsse
    herzliche grüße|herzliche grüsse|gruß|gruss|grüße|grüsse|mfg|vg|lg|hochachtungsvoll
    med vänlig hälsning|med vänliga hälsningar|vänlig hälsning|vänliga hälsningar|hälsningar
    hälsning|bästa hälsningar|många hälsningar|mvh|vänligen|med vennlig hilsen|vennlig hilsen
    med venlig hilsen|venlig hilsen|hilsen|beste hilsener|bedste hilsner|de bedste hilsner|vh
    mange hilsner|ystävällisin terveisin|terveisin|parhain terveisin|yt|terv|t
    met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten
    groeten|groet|hartelijke groet|hartelijke groeten|mvg|cordialement|bien cordialement
    très cordialement|sincères salutations|meilleures salutations|bien à vous|salutations
    salutations distinguées|cdlt|saludos|un saludo|saludos cordiales|un cordial saludo|atentamente
    cordialmente|atte|atenciosamente|cumprimentos|com os melhores cumprimentos
    melhores cumprimentos|abraços|saudações|cordiali saluti|distinti saluti|saluti|un saluto
    un cordiale saluto|tanti saluti|pozdrawiam|pozdrawiamy|serdecznie pozdrawiam|z poważaniem
    pozdrowienia|z wyrazami szacunku|s pozdravem|s pozdravom|pozdrav|s přátelským pozdravem
    s přáním hezkého dne|с уважением|с наилучшими пожеланиями|с наилучшими|с приветом
    всего доброго|з повагою|з найкращими побажаннями|saygılarımla|saygılarımızla|saygılar
    iyi çalışmalar|selamlar|üdvözlettel|cu stimă|敬具|此致|祝好|谨启|drage hilsner|lugupidamisega
    s poštovanjem|lep pozdrav
    """
)
"""Words alone on a line before a name. The name of who wrote follows."""
THANKS = _phrases(
    """
    best|best wishes|sincerely|yours sincerely|sincerely yours|yours faithfully|yours truly
    respectfully|cordially|cheers|br|kr|thanks|thank you|many thanks|thanks a lot
    thanks in advance|thank you in advance|thx|danke|vielen dank|besten dank|danke im voraus|tack
    tack på förhand|tusen tack|takk|tak|mange tak|kiitos|kiitoksia|bedankt|alvast bedankt|dank
    merci|merci d'avance|gracias|muchas gracias|obrigado|obrigada|grazie|dziękuję|z góry dziękuję
    děkuji|спасибо|заранее спасибо|дякую|teşekkürler|감사합니다|谢谢|よろしくお願いします
    よろしくお願いいたします
    """
)
"""The same, but news of a kind: hidden only above the name of the one who wrote."""
AND = _phrases("and|&|und|och|og|ja|en|et|y|e|i|a|и|і|та|ve")
