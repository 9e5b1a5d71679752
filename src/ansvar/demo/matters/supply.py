"""Matters of prices and goods."""

from typing import Final

from ansvar.demo.matters.matter import Matter
from ansvar.tickets.decisions import Kind, WaitingFor

MATTERS: Final = (
    Matter(
        service="Price service",
        weight=5,
        subjects=(
            "Wrong price for {article}",
            "Campaign price of {article} not in the register",
        ),
        texts=(
            (
                "The shelf says {amount} SEK, the register says more. Customers notice, rightly. We"
                " correct by hand at the moment."
            ),
            "The campaign for {article} began today, but the register takes the full price.",
        ),
        walks=((2, 1), (2, 0), (1, 1)),
        question="Which article number stands on the shelf label?",
        answer="It ends with 448, the one in the register ends with 446. Two sizes?",
        mended=(
            (
                "Two packings had been mixed up in the price file. Corrected, all registers have it"
                " since {clock}."
            ),
            "The campaign was entered for the web only. Now also for pharmacies.",
        ),
        refused="Still the full price at register {till}, I tried it just now.",
        team="POS development",
        needs_team=0.5,
        because=("Price file of the day has the right price, the registers show another.",),
        back=("It is wrong in the price file already. Assortment has to correct the article.",),
    ),
    Matter(
        service="Price service",
        weight=2,
        asked_by="offices",
        subjects=("Price file of tomorrow was not sent", "Price run of the night stopped half way"),
        texts=(
            (
                "The price run stopped at {clock} with {count} thousand articles to go. If it is"
                " not"
                " finished tonight, the campaign of {weekday} is not in the shops."
            ),
        ),
        walks=((1, 0), (1, 1)),
        notes=("Disk of the transfer server was full of old files.",),
        mended=("Room made on the transfer server, run finished in the evening and checked.",),
        team="Servers and directory",
        needs_team=0.8,
        because=("Run is right, the transfer server has no space left.",),
        back=("Space was free the whole night. The run waits for an answer of the register.",),
    ),
    Matter(
        service="Stock ordering",
        weight=6,
        subjects=(
            "Order of today was not sent",
            "Goods received twice in stock",
            "Order proposal is empty",
        ),
        texts=(
            (
                "The proposal was checked at eleven, but the order still has the state “open”,"
                " and it is"
                " after half past three. Can it be sent anyhow?"
            ),
            (
                "The delivery of {weekday} was booked twice, so the system believes that we have"
                " twice"
                " as much of {count} articles."
            ),
            "The proposal has no lines today although we are out of {article}.",
        ),
        walks=((1, 1), (2, 1), (3,), (1, 0)),
        question="Do you see the yellow triangle beside the order? What does it say if you point at"
        " it?",
        answer="It says that an article has been withdrawn. There are two of those on the order.",
        mended=(
            (
                "A withdrawn article stopped the order. Removed, order sent by hand to the"
                " wholesaler,"
                " who takes it with tomorrow's tour."
            ),
            "The double booking is reversed; stock agrees with your count.",
            "The proposal was calculated anew and has its lines.",
        ),
        team="Pharmacy applications",
        needs_team=0.5,
        because=("Order hangs at the interface of the wholesaler, number is in the note.",),
        back=("Interface is fine, the order has a withdrawn article. Take it off and send again.",),
    ),
    Matter(
        service="Stock ordering",
        kind=Kind.QUESTION,
        weight=3,
        subjects=(
            "How do I move stock to another pharmacy?",
            "Where do I see what is on the way?",
        ),
        texts=(
            (
                "We have {count} packings of {article} with a short date which another pharmacy"
                " could"
                " sell. How are they booked over?"
            ),
            "A customer asks when {article} will be back. Can I see what is on the way?",
        ),
        walks=((3,),),
        mended=(
            "Shown together on the phone; the guide is in the phone book of routines, page 12.",
            "Column “on the way” switched on for {first}.",
        ),
    ),
    Matter(
        service="Stock ordering",
        kind=Kind.REQUEST,
        weight=2,
        asked_by="offices",
        subjects=("List of articles without sales in a year", "New supplier in ordering"),
        texts=(
            (
                "For the autumn's clearing I need a list per pharmacy of articles nobody has"
                " bought for"
                " twelve months."
            ),
            "We have a new supplier from the first. Please add it, form attached to the contract.",
        ),
        walks=((3,), (2, 1)),
        mended=("Made and laid into the shared folder; comes by itself every quarter from now.",),
        team="Pharmacy applications",
        needs_team=0.7,
        because=("Needs a query in the stock database, description in the ticket is complete.",),
        waits=((WaitingFor.DATE, "To be done after the closing of the month"),),
    ),
)
