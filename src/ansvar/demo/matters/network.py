"""Matters of lines, working from afar and phones."""

from typing import Final

from ansvar.demo.matters.matter import ANYBODY, OFFICES, Matter
from ansvar.tickets.decisions import Kind, WaitingFor

MATTERS: Final = (
    Matter(
        service="Data network",
        weight=5,
        subjects=(
            "No network at {site}",
            "Whole pharmacy on the mobile line",
            "Yellow lamp on the network box since {clock}",
        ),
        texts=(
            (
                "Nothing has contact since {clock}. Then it came back with a yellow lamp on the"
                " box."
                " Registers work, the rest is slow."
            ),
            (
                "The yellow lamp burns, so we are on the mobile line. They are digging in the"
                " street"
                " outside, perhaps that is why."
            ),
        ),
        walks=((1, 1), (1, 1), (1, 2), (1, 0, 0)),
        question="Does the lamp “line” on the grey box beside it burn, or is it dark?",
        answer="Dark. And the man with the digger says he has touched “something blue”.",
        notes=(
            "Line of the operator is down, fault number taken from their portal.",
            "Mobile line carries 12 Mbit/s, enough for registers.",
        ),
        mended=(
            (
                "Fibre was cut by digging; the operator has spliced it. Back on the fixed line"
                " since"
                " {clock}."
            ),
            "Box restarted from here, line is up and stable for two hours.",
        ),
        refused="The lamp is yellow again since half an hour.",
        team="Networks",
        needs_team=0.8,
        because=("Mobile line has taken over, fixed line dead. Box answers. Please see operator.",),
        back=(
            "Operator measures no fault to the box. Please let them check the power of the box.",
        ),
        waits=((WaitingFor.SUPPLIER, "The operator digs; promised within 24 hours"),),
    ),
    Matter(
        service="Data network",
        kind=Kind.ALARM,
        weight=3,
        subjects=("Line of {site}: packet loss {count} %", "Wireless box 2 at {site} unreachable"),
        texts=(
            "Measured by network supervision over 15 minutes. No report from the pharmacy so far.",
        ),
        walks=((2, 1), (1, 1), (3,)),
        notes=("Pharmacy phoned: they have noticed nothing.",),
        mended=(
            "Port of the switch was faulty, moved to the next one. No loss since.",
            "Went away with the restart of the wireless box in the night.",
        ),
        team="Networks",
        needs_team=0.9,
        because=("From supervision, not from people. Yours to judge.",),
    ),
    Matter(
        service="Data network",
        kind=Kind.REQUEST,
        weight=2,
        subjects=("Network socket for a new screen in the window", "Wireless guests' network"),
        texts=(
            (
                "We get an advertising screen in the window and need a socket there. The"
                " electrician is"
                " here on {weekday}."
            ),
            "Is it possible to have a network for customers who wait for their prescriptions?",
        ),
        walks=((3,),),
        mended=("Socket laid and connected; the screen shows its pictures.",),
        team="Networks",
        needs_team=0.9,
        because=("Manager has agreed to the cost. Please plan with the electrician.",),
        waits=((WaitingFor.DATE, "Electrician comes that day"),),
    ),
    Matter(
        service="Remote access",
        weight=5,
        asked_by=OFFICES,
        subjects=(
            "Cannot log in from home",
            "Lindblom remote drops every half hour",
            "Remote access asks for a code I do not get",
        ),
        texts=(
            (
                "From home I get “connection refused” since yesterday evening. In the office all is"
                " well. I have a meeting at {clock}."
            ),
            "It works, but every half hour I am thrown out and have to confirm again.",
            "I have a new phone, and the code goes to the old one.",
        ),
        walks=((3,), (2, 1)),
        question="Which name does your network at home have, and have you changed the box there"
        " lately?",
        answer="The operator sent a new box on Monday, that fits with when it began.",
        mended=(
            "The new box at home blocked the line; setting changed with {first} on the phone.",
            "New phone registered, the old one removed.",
            "Lifetime of the session was wrong for this group. Corrected for all in it.",
        ),
        refused="It lasted one evening. Today it drops again.",
        team="Networks",
        because=("Several people of the same department, all with the newest version.",),
        back=("They lack the group for remote access; please ask the manager and give it.",),
    ),
    Matter(
        service="Telephony",
        weight=4,
        asked_by=ANYBODY,
        subjects=(
            "Customers hear “closed” although we are open",
            "Phone of {site} rings nowhere",
            "Bad sound in calls",
        ),
        texts=(
            (
                "Customers who phone hear that we are closed. We are open until late on {weekday}s"
                " since last month."
            ),
            "The number of the pharmacy rings out, but no phone here makes a sound.",
            "Callers sound as from under water, since about {clock}.",
        ),
        walks=((1, 1), (2, 1), (1, 0), (3,)),
        question="Does it also happen when you phone from one desk to the other?",
        answer="No, inside the house all is fine.",
        mended=(
            "Opening hours of the queue corrected; tested by phoning in.",
            "All phones had been logged out of the queue. Logged in again from here.",
            "Voice gets its way through the network again, a rule had been lost at the change.",
        ),
        team="Networks",
        needs_team=0.4,
        because=("Queue and hours are right. Calls reach the box and end there.",),
    ),
    Matter(
        service="Telephony",
        kind=Kind.REQUEST,
        weight=2,
        asked_by=OFFICES,
        subjects=("Company phone for a new colleague", "Direct number for {colleague}"),
        texts=("{colleague} begins on {weekday} and needs a phone with mail and calendar.",),
        walks=((3,),),
        mended=("Phone handed over and set up together, number is in the phone book.",),
        waits=((WaitingFor.SUPPLIER, "Phone is ordered, delivery in a week"),),
        team="On-site",
        because=("Phone is ordered and lies with you from Thursday. Please set it up.",),
    ),
)
