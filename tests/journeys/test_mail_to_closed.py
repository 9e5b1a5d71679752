"""The main job, once, as it happens: a real mail becomes a confirmed, closed ticket.

The product runs as a person starts it, with the demo organisation; the mail servers are real; an
agent works in Chromium with the keyboard; the requester has a mail program and follows a link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from html.parser import HTMLParser

import pytest
from browser import chromium
from dovecot import HOST, PASSWORD, MailServer
from playwright.sync_api import Browser, Page, expect
from product import Product, ansvar, running, used_data_folder
from typing_extensions import override
from waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.realparts]

DESK = "it@lindblom.example"
SARA = "sara.holmgren@elsewhere.example"
SUBJECT = "The till eats receipts"
ARRIVES_WITHIN_MS = 5_000
"""From the moment in which the mail server has the mail to the agent's open page: by IDLE."""


@dataclass(kw_only=True)
class House:
    product: Product
    mail: MailServer
    browser: Browser

    def sends(self, **mail: str) -> None:
        self.mail.send(a_mail(**mail), sender=SARA, to=DESK)

    def inbox(self, count: int) -> list[EmailMessage]:
        wait_until(lambda: len(self.mail.inbox(SARA)) >= count)
        return self.mail.inbox(SARA)


@pytest.fixture(scope="module")
def house(mail_server: MailServer) -> Iterator[House]:
    with used_data_folder() as data, running(data) as product, chromium() as browser:
        # The journey needs the people; a few tickets are enough to have others beside its own.
        made = ansvar(data, "demo", "load", "--tickets", "20")
        assert made.returncode == 0, made.stderr
        connect(product, mail_server)
        yield House(product=product, mail=mail_server, browser=browser)


def connect(product: Product, mail: MailServer) -> None:
    for address in (DESK, SARA):
        mail.add_user(address)
    reached = {
        "--imap-port": mail.imap_port, "--smtp-port": mail.smtp_port,
        "--imap-host": HOST, "--smtp-host": HOST, "--imap-user": DESK, "--smtp-user": DESK,
        "--imap-security": "none", "--smtp-security": "none",
    }  # fmt: skip
    options = [str(word) for pair in reached.items() for word in pair]
    said = ansvar(
        product.data, "manage", "connect_mailbox", DESK, "--desk", "IT", "--password-stdin",
        *options, stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr


def a_mail(*, subject: str, text: str, html: str = "", answers: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Sara Holmgren <{SARA}>"
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Message-ID"] = make_msgid(domain="elsewhere.example")
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        picture = b"\x89PNG\r\n\x1a\n"
        mail.add_attachment(picture, maintype="image", subtype="png", filename="receipt.png")
    return mail.as_bytes()


class Links(HTMLParser):
    """The addresses that a mail links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


def an_agents_page(house: House) -> Page:
    page = house.browser.new_context().new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(f"{house.product.url}/log-in/")
    page.get_by_role("button", name=re.compile("agent. A big pharmacy")).click()
    page.wait_for_url("**/queue/**")
    return page


def take_in(house: House, page: Page) -> str:
    """Let a mail arrive on the agent's open queue, open it, and return its reference."""
    house.sends(
        subject=SUBJECT,
        text="Hello,\n\nthe till eats receipts since nine.\n\nSara",
        html="<p>The till <b>eats receipts</b> since nine.</p><script>document.title=1</script>",
    )
    pill = page.locator("[data-live-pill]")
    expect(pill).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    expect(pill).to_contain_text("1 new")
    pill.click()
    page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
    page.wait_for_url("**/tickets/IT-*/")
    expect(page.get_by_text("the till eats receipts since nine.")).to_be_visible()
    expect(page.get_by_text("receipt.png")).to_be_visible()
    found = re.search(r"IT-\d+", page.url)
    assert found
    return found[0]


def classify_and_take(page: Page) -> None:
    page.keyboard.press("c")
    page.wait_for_url("**/classify/")
    page.keyboard.press("1")
    page.wait_for_url("**/classify/?path=0")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/tickets/IT-\d+/$"))
    priority = page.locator(".cells > div", has=page.get_by_role("heading", name="Priority"))
    priority.get_by_text("why?").click()
    expect(page.get_by_text(re.compile("Impact is 1 by the script"))).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.get_by_role("button", name=re.compile("Take it myself")).click()
    expect(page.get_by_text(re.compile("▸ you")).first).to_be_visible()


def reply(page: Page, text: str) -> None:
    page.keyboard.press("r")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("listitem").get_by_text(text)).to_be_visible()
    page.keyboard.press("Escape")


def resolve(page: Page, text: str) -> None:
    page.keyboard.press("s")
    page.get_by_text("Resolve …").click()
    page.get_by_label("What helped").fill(text)
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_text("Resolved", exact=True).first).to_be_visible()


def test_a_mail_becomes_a_confirmed_and_closed_ticket(house: House):
    page = an_agents_page(house)
    reference = take_in(house, page)
    [acknowledgement] = house.inbox(1)
    assert reference in acknowledgement["Subject"]
    assert acknowledgement["Auto-Submitted"].startswith("auto-")

    classify_and_take(page)
    reply(page, "Please open the lid and take the paper out once.")
    *_, answer = house.inbox(2)
    assert "open the lid" in answer.get_body(("plain",)).get_content()
    assert acknowledgement["Message-ID"] in answer["References"]
    assert house.mail.threads(SARA) == "(1 2)"

    house.sends(
        subject=f"Re: {answer['Subject']}",
        text="It prints again!\n\n> Please open the lid\n",
        answers=answer["Message-ID"],
    )
    expect(page.get_by_text("It prints again!")).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    assert reference in page.url

    resolve(page, "Paper was jammed under the lid.")
    *_, question = house.inbox(3)
    links = Links(question.get_body(("html",)).get_content()).found
    [link, *_] = [one for one in links if "/t/" in one]
    sara = house.browser.new_context(java_script_enabled=False).new_page()
    sara.goto(link)
    expect(page.get_by_text("Resolved", exact=True).first).to_be_visible()
    sara.get_by_role("button", name=re.compile("It works")).click()
    expect(sara.get_by_text(f"Thank you. {reference} is closed.")).to_be_visible()
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible(timeout=ARRIVES_WITHIN_MS)

    verified = ansvar(house.product.data, "verify")
    assert verified.returncode == 0, verified.stdout
