"""Matters at the register."""

from typing import Final

from ansvar.demo.matters.matter import Matter
from ansvar.tickets.decisions import Kind, WaitingFor

_POS: Final = "POS development"

MATTERS: Final = (
    Matter(
        service="Cash desk",
        weight=7,
        subjects=(
            "Card terminal at register {till} does not answer",
            "Register {till}: card payment stops at “please wait”",
            "No card payments at register {till}",
        ),
        texts=(
            (
                "Since {clock} the card terminal at register {till} shows “no contact with the"
                " register”. We have pulled the plug once, no change. Customers pay at the other"
                " register, so there is a queue.\n\n{first}, {site}"
            ),
            (
                "Hello,\n\nregister {till} hangs when a customer pays by card. It says “please"
                " wait”"
                " and after a minute “cancelled”. Cash works. It was the same last {weekday} but"
                " went"
                " away by itself.\n\nBest regards\n{first}"
            ),
        ),
        walks=((2, 0, 1), (1, 2), (1, 1, 1), (2, 0, 0)),
        question="Could you tell me which lamp burns on the back of the terminal: green, orange or"
        " none? And does the cable go into the left or the right socket of the register?",
        answer="Orange, and it was in the left one. There is a label “only right” that I had not"
        " seen.",
        notes=(
            (
                "Terminal answers ping, but the driver of the register has lost it. Same as last"
                " month"
                " after the update."
            ),
        ),
        mended=(
            (
                "The cable sat in the wrong socket after cleaning. In the right one the terminal"
                " came"
                " back after two minutes; tested with a sale of 1 SEK."
            ),
            "Driver of the terminal restarted from here; three card sales went through.",
            "Terminal replaced on the spot, the old one is on its way to the supplier.",
        ),
        refused="It worked for an hour and now it says “please wait” again.",
        team="On-site",
        needs_team=0.4,
        because=(
            (
                "Restarted and cable changed together with the pharmacy, no contact. Needs a new"
                " terminal; serial number in the note."
            ),
        ),
        back=(
            (
                "Terminal is healthy, it pays at another register. The register itself has lost its"
                " driver, please restart that first."
            ),
        ),
        waits=((WaitingFor.SUPPLIER, "New terminal ordered, arrives in three working days"),),
    ),
    Matter(
        service="Cash desk",
        weight=5,
        subjects=(
            "Register {till} freezes when a receipt is parked",
            "Register {till} stands still several times a day",
        ),
        texts=(
            (
                "When we park a receipt to help somebody else and fetch it again, register {till}"
                " freezes for about a minute. It happens {count} times a day now. Started after the"
                " update in the night to {weekday}."
            ),
            (
                "Register {till} turns grey while scanning and we have to start it again. {count}"
                " times since Monday. {colleague} has a photo of the message."
            ),
        ),
        walks=((1, 1, 1), (1, 2), (1, 1, 0)),
        question="Does it also happen with a receipt without prescription goods?",
        answer="Only when there is a prescription on it, now that you ask. Otherwise never.",
        notes=(
            "Log of the register shows the benefit calculation asked twice and waiting for itself.",
            "Seen at three pharmacies now, all on version 8.4.1.",
        ),
        mended=(
            (
                "Version 8.4.2 is on the register since this morning; parking and fetching a"
                " receipt"
                " with a prescription takes a second."
            ),
            (
                "The register had 60 parked receipts from last week. They are cleared, and it"
                " does not"
                " freeze any more."
            ),
        ),
        refused="It froze again today at ten, with the new version.",
        team=_POS,
        needs_team=0.7,
        because=(
            (
                "Can be repeated: prescription on receipt, park, fetch. Log attached in the note."
                " Not the network, others sell meanwhile."
            ),
        ),
        back=(
            (
                "The log is from another register. Please fetch the one of the day of the freeze"
                " and"
                " the number of a receipt."
            ),
        ),
        waits=((WaitingFor.CHANGE, "Correction comes with the next version on Tuesday night"),),
    ),
    Matter(
        service="Cash desk",
        weight=4,
        subjects=(
            "Receipt printer prints only half lines, register {till}",
            "Receipts are pale at register {till}",
        ),
        texts=(
            "The receipts from register {till} lack the right half. New roll did not help.",
            (
                "You can hardly read what the receipt of register {till} says. Customers ask for"
                " another one all the time."
            ),
        ),
        walks=((2, 2), (1, 2)),
        question="Have you tried to clean the printing head with the pen in the drawer?",
        answer="We did not know there was a pen. Now it is much better, but a line is still"
        " missing.",
        mended=(
            "Printing head cleaned by the pharmacy as described; receipts are dark again.",
            "Printer exchanged for the spare one; a new spare is on its way.",
        ),
        team="On-site",
        because=("Cleaning did not help, printing head is worn. Please exchange.",),
        back=("There is a spare printer in the back office, no visit needed. Please guide them.",),
    ),
    Matter(
        service="Cash desk",
        weight=3,
        subjects=("Cash drawer opens by itself", "Drawer of register {till} does not open"),
        texts=(
            (
                "The drawer of register {till} jumps open at every scan. We are afraid of theft and"
                " have closed the register."
            ),
            (
                "The drawer stays shut after a cash sale. We open it with the key, which the"
                " manager"
                " has to bring every time."
            ),
        ),
        walks=((1, 2), (2, 2), (1, 1, 1)),
        mended=(
            (
                "A setting said “open at article” after the last change. Put back, tested with"
                " {first}."
            ),
            "Lock of the drawer was bent; exchanged on site.",
        ),
        team="On-site",
        needs_team=0.5,
        because=("Settings are right, the lock is mechanical. Please look at it on your tour.",),
    ),
    Matter(
        service="Cash desk",
        kind=Kind.QUESTION,
        weight=4,
        subjects=(
            "How do I return an article bought at another pharmacy?",
            "How to give back money for a click-and-collect order",
        ),
        texts=(
            (
                "A customer wants to return {article} with a receipt from another of our"
                " pharmacies."
                " The register says “receipt unknown”. How is it done?"
            ),
            (
                "Customer paid online and brings {article} back. Where do I find the order in the"
                " register?"
            ),
        ),
        walks=((2, 2),),
        mended=(
            (
                "Explained: menu “Returns”, then F6 “other pharmacy”, scan the long number under"
                " the"
                " bar code. Worked while we spoke."
            ),
            "Sent the two-page guide and went through it together.",
        ),
    ),
    Matter(
        service="Cash desk",
        kind=Kind.REQUEST,
        weight=2,
        subjects=("A third register for the Christmas weeks", "Mobile register for the market day"),
        texts=(
            (
                "We would like one more register from the first of next month. There is a place"
                " with"
                " power beside register {till}."
            ),
            (
                "On {weekday} in two weeks there is a market outside. Can we borrow a mobile"
                " register"
                " for the day?"
            ),
        ),
        walks=((2, 2),),
        question="Which of your network sockets is free there? The number is on the wall plate.",
        answer="Socket 14 is free, and there are two power points.",
        mended=(
            "Register delivered and sold with; it is charged from the first of the month.",
            "Mobile register is booked for the day and comes with the Thursday delivery.",
        ),
        team="On-site",
        needs_team=0.8,
        because=("Approved by the regional manager; socket 14 is free. Please plan the visit.",),
        waits=((WaitingFor.DATE, "To be delivered with the tour of that week"),),
    ),
    Matter(
        service="Cash desk",
        kind=Kind.COMPLAINT,
        weight=1,
        subjects=("We have reported the slow register four times",),
        texts=(
            (
                "I have reported register {till} four times this autumn. Every time it is"
                " restarted and"
                " the ticket closed, and a week later it is the same. I want somebody to find out"
                " why."
                "\n\n{first}\n{site}"
            ),
        ),
        walks=((1, 1, 1), (1, 1, 0)),
        notes=("All four tickets looked at: same register, same message, never handed on.",),
        mended=(
            (
                "The disk of the register had bad sectors all along. Register exchanged, and the"
                " four"
                " earlier tickets linked. {first} got an apology by phone."
            ),
        ),
        team="On-site",
        needs_team=0.9,
        because=("Fifth time: please exchange the register, restarting is not an answer.",),
    ),
)
