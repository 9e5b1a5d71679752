"""The fifteen services of the made-up company: who answers for them and what their cards say."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Card:
    """A service as it is to be made."""

    desk: str
    """Prefix of the desk."""
    name: str
    summary: str
    owner: str
    deputy: str
    team: str
    urgency: int
    rests_on: tuple[str, ...] = ()
    quality: str
    usage: str
    demands: str
    cost: str
    contact: str


_IT_CONTACT = (
    "The service desk: on the portal, by mail to it@lindblom.example, or by phone on"
    " 08-465 004 00. When nobody can work, phone."
)
_HR_CONTACT = "HR service: on the portal or by mail to hr@lindblom.example, in confidence."

CARDS: Final = (
    Card(
        desk="IT",
        name="Cash desk",
        summary="Selling at the register: scanning, paying by card or cash, receipts, returns.",
        owner="Petra Ekwall",
        deputy="Viktor Sommar",
        team="POS development",
        urgency=1,
        rests_on=("Data network", "Workplace", "Directory and log-in", "Price service"),
        quality="Every pharmacy can sell while it is open, 99.8 % of opening hours in a month."
        " A register that stands still is worked on within 15 minutes.",
        usage="Log in at any register with your badge. If the line is down, sell on: up to 300"
        " receipts are kept and sent later. The card “Register in trouble” lies beside it.",
        demands="A replacement register within four working hours in the three big cities and"
        " by the next morning elsewhere. New articles sell from the day they are announced.",
        cost="640 SEK per register and month, charged to the pharmacy.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="E-prescription",
        summary="Fetching, checking and dispensing prescriptions from the national register.",
        owner="Cecilia Norrman",
        deputy="Hedda Ljungqvist",
        team="Pharmacy applications",
        urgency=1,
        rests_on=("Data network", "Workplace", "Directory and log-in", "Label printing"),
        quality="Prescriptions open within three seconds, 99.5 % of the time. When the national"
        " register is down we say so to all pharmacies within ten minutes.",
        usage="Open Recepta from the start page. The emergency routine on paper is in the red"
        " folder of every pharmacy.",
        demands="Only staff with a valid licence get access; it ends with the licence.",
        cost="Part of the basic fee of 3,200 SEK per pharmacy and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Label printing",
        summary="Dosage labels and price labels from the label printers.",
        owner="Hedda Ljungqvist",
        deputy="Jonatan Frisk",
        team="Pharmacy applications",
        urgency=2,
        rests_on=("Workplace", "Data network"),
        quality="A label comes out within five seconds, legible to the last line.",
        usage="Every pharmacy has two printers; switch with F9. Rolls are ordered like goods.",
        demands="A spare printer is sent the same day when both printers stand still.",
        cost="95 SEK per printer and month; rolls are charged as used.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Price service",
        summary="The right price and benefit for every article, at registers and on the web.",
        owner="Petra Ekwall",
        deputy="Ines Pereira",
        team="POS development",
        urgency=2,
        rests_on=("Data network",),
        quality="Prices of the day are in all registers at 06:00. Fewer than one wrong price in"
        " ten thousand receipts.",
        usage="Nothing to do: registers and the shop fetch prices by themselves.",
        demands="A wrong price is corrected within two hours of the report.",
        cost="Shared by all pharmacies by turnover.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Stock ordering",
        summary="Proposals for orders, orders to the wholesalers, goods received.",
        owner="Hedda Ljungqvist",
        deputy="Cecilia Norrman",
        team="Pharmacy applications",
        urgency=2,
        rests_on=("Data network", "Directory and log-in", "Price service"),
        quality="Orders sent before 15:30 arrive the next morning.",
        usage="Check the proposal before noon; it is sent by itself at 15:30.",
        demands="Corrections of received goods are booked the same day.",
        cost="Part of the basic fee of 3,200 SEK per pharmacy and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Data network",
        summary="Lines to all pharmacies, the network inside them and the wireless one.",
        owner="Patrik Hallonsten",
        deputy="Tove Grahn",
        team="Networks",
        urgency=1,
        quality="99.9 % per pharmacy and month. A mobile line takes over within a minute, fast"
        " enough for registers and prescriptions.",
        usage="Nothing to do. A yellow lamp on the box means that the mobile line is in use.",
        demands="New sites are connected within 25 working days of the lease.",
        cost="1,450 SEK per pharmacy and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Workplace",
        summary="Computers, screens, scanners, ordinary printers and the programs on them.",
        owner="Magnus Elfving",
        deputy="Sara Pihlgren",
        team="Workstations",
        urgency=3,
        rests_on=("Directory and log-in", "Data network"),
        quality="A computer that does not start is replaced within a working day.",
        usage="Programs are in the catalogue on the desktop; what is not there can be asked for.",
        demands="A new colleague has everything on the first day if ordered ten days before.",
        cost="310 SEK per computer and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Directory and log-in",
        summary="Accounts, passwords, badges, groups and what they give access to.",
        owner="Ann-Sofie Drott",
        deputy="Linus Ekroth",
        team="Servers and directory",
        urgency=2,
        rests_on=("Data network",),
        quality="Log-in works 99.9 % of the time; a locked account is open again in 15 minutes.",
        usage="Change the password yourself with the badge at any computer.",
        demands="Access is given when the manager agrees, and taken on the last day.",
        cost="42 SEK per person and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="E-mail and calendar",
        summary="Mail, calendars, shared mailboxes and meeting rooms.",
        owner="Linus Ekroth",
        deputy="Barbro Sjöstrand",
        team="Servers and directory",
        urgency=3,
        rests_on=("Directory and log-in", "Data network"),
        quality="Mail arrives within two minutes. What was deleted can be had back for 30 days.",
        usage="On the computer, in the browser and on company phones.",
        demands="Shared mailboxes within two working days.",
        cost="38 SEK per mailbox and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Remote access",
        summary="Working from home and on the road through an encrypted line.",
        owner="Tove Grahn",
        deputy="Kaveh Moradi",
        team="Networks",
        urgency=3,
        rests_on=("Data network", "Directory and log-in"),
        quality="Works from every ordinary internet connection; 400 people at the same time.",
        usage="Start “Lindblom remote” and confirm on the phone.",
        demands="Given with the manager's word, for company computers only.",
        cost="55 SEK per person and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Telephony",
        summary="Phones of pharmacies and people, queues and opening-hours messages.",
        owner="Patrik Hallonsten",
        deputy="Kaveh Moradi",
        team="Networks",
        urgency=3,
        rests_on=("Data network",),
        quality="Customers reach every pharmacy while it is open.",
        usage="Absence and queues are set in the phone page of the intranet.",
        demands="Changed opening hours are spoken from the day they are valid.",
        cost="75 SEK per number and month.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="IT",
        name="Intranet",
        summary="News, routines, forms and the phone book.",
        owner="Barbro Sjöstrand",
        deputy="Linus Ekroth",
        team="Servers and directory",
        urgency=4,
        rests_on=("Directory and log-in", "Data network"),
        quality="Open at all hours but for Sunday mornings, when it is looked after.",
        usage="The start page of every browser; editors write their own pages.",
        demands="New editors get an hour of introduction.",
        cost="Free for departments.",
        contact=_IT_CONTACT,
    ),
    Card(
        desk="HR",
        name="Payroll",
        summary="Salaries, allowances, deductions and what is said about them to the tax office.",
        owner="Marie Wiklander",
        deputy="Ludvig Hammarin",
        team="Payroll",
        urgency=2,
        rests_on=("Directory and log-in", "Time and attendance"),
        quality="The right salary on the 25th, or the working day before.",
        usage="Pay slips lie in the personal file on the intranet.",
        demands="An error of ours is paid within three working days.",
        cost="Charged to departments by heads.",
        contact=_HR_CONTACT,
    ),
    Card(
        desk="HR",
        name="Time and attendance",
        summary="Rosters, worked time, leave and sickness.",
        owner="Catharina Ståhle",
        deputy="Simon Bergendal",
        team="HR service",
        urgency=3,
        rests_on=("Intranet", "Directory and log-in"),
        quality="Rosters are published three weeks ahead.",
        usage="Stamp in at the register or in the browser; managers attest on Mondays.",
        demands="Leave asked for by 1 April is answered by 1 May.",
        cost="Charged to departments by heads.",
        contact=_HR_CONTACT,
    ),
    Card(
        desk="HR",
        name="Employment matters",
        summary="Contracts, certificates, parental leave, conflicts, rehabilitation.",
        owner="Yvonne Rådberg",
        deputy="Pontus Lilja",
        team="HR partners",
        urgency=4,
        quality="An answer within two working days, from a person with a name.",
        usage="Write, or ask for a talk; nobody outside HR reads it.",
        demands="Certificates within five working days.",
        cost="Free.",
        contact=_HR_CONTACT,
    ),
)
