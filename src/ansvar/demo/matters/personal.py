"""Matters of the HR desk, which nobody in IT sees."""

from typing import Final

from ansvar.demo.matters.matter import ANYBODY, Matter
from ansvar.tickets.decisions import Kind, WaitingFor

MATTERS: Final = (
    Matter(
        desk="HR",
        service="Payroll",
        weight=5,
        asked_by=ANYBODY,
        subjects=(
            "Overtime of last month is missing",
            "Wrong tax on my pay slip",
            "Evening allowance not paid",
        ),
        texts=(
            (
                "I worked {count} hours of overtime, attested by my manager, and the pay slip has"
                " none"
                " of them."
            ),
            "The slip takes the tax of the wrong municipality. I moved in spring.",
            "The evenings of week 41 lack the allowance.",
        ),
        walks=((2, 0), (2, 1)),
        question="Could you tell me the dates? I see one evening that was attested after the run.",
        answer="The 7th, 8th and 14th.",
        notes=("Attested on the 18th, the run was on the 15th.",),
        mended=(
            "Paid with an extra run, money is there on {weekday}.",
            "Comes with next month's salary, agreed with {first}.",
            "Tax table corrected; the difference is settled by the tax office.",
        ),
        refused="I have looked at the new slip, two of the three evenings are there.",
        team="Payroll",
        needs_team=0.6,
        because=("Hours are attested but came after the run. Please decide on an extra payment.",),
        back=("One day is not attested yet. Please get the manager's word first.",),
        waits=((WaitingFor.DATE, "Goes with the next run"),),
    ),
    Matter(
        desk="HR",
        service="Time and attendance",
        weight=4,
        subjects=("Roster of next month is not shown", "Leave not visible in the roster"),
        texts=(
            "My roster ends on the last of the month. My colleagues see theirs.",
            "My leave was granted in April, yet I am planned for two evenings in it.",
        ),
        walks=((2, 1), (1, 1), (1, 0)),
        mended=(
            "Contract had an end date by mistake; roster is shown again.",
            "Leave entered and the two evenings planned anew with the manager.",
        ),
        question="Which of the two evenings could you work, if need be?",
        answer="Neither, we are abroad. I have the answer from April in writing.",
        team="HR partners",
        needs_team=0.15,
        because=("Manager and colleague disagree about what was granted. Please talk to both.",),
    ),
    Matter(
        desk="HR",
        kind=Kind.REQUEST,
        service="Employment matters",
        weight=3,
        asked_by=ANYBODY,
        subjects=("Certificate of employment", "Parental leave from spring", "Fewer hours"),
        texts=(
            "For a loan I need a paper with salary and kind of employment.",
            (
                "I expect a child in March and would like to be at home from then, at first for"
                " eight"
                " months."
            ),
            "From January I would like to work four days a week. My manager knows.",
        ),
        walks=((2, 1),),
        question="Shall it be in Swedish or in English, and until when do you need it?",
        answer="Swedish, until Friday if possible.",
        mended=(
            "Certificate signed and sent to the private address.",
            "Talked it through; the form is signed and the roster knows.",
        ),
        team="HR partners",
        needs_team=0.4,
        because=("Needs a talk about dates and pay. {first} knows that somebody will phone.",),
        waits=((WaitingFor.REQUESTER, "The signed form is to come back"),),
    ),
    Matter(
        desk="HR",
        kind=Kind.QUESTION,
        service="Employment matters",
        weight=2,
        asked_by=ANYBODY,
        subjects=("How many days of holiday have I left?", "What holds when my child is ill?"),
        texts=(
            "I cannot find how many days I have saved from earlier years.",
            "My child is ill since {weekday}. What do I have to write, and where?",
        ),
        walks=((2, 1),),
        mended=(
            "Answered with the number and where it stands on the pay slip.",
            "Explained; it is entered as care of a child for the days.",
        ),
    ),
    Matter(
        desk="HR",
        kind=Kind.COMPLAINT,
        service="Employment matters",
        weight=1,
        subjects=("How we are spoken to at work",),
        texts=(
            (
                "I do not want to write much here. It is about how we are spoken to, several of us."
                " Please phone me, not at the pharmacy."
            ),
        ),
        walks=((2, 0),),
        notes=("Phoned on the private number. Meeting outside the pharmacy agreed.",),
        mended=("Talks held with everybody; what was agreed is in writing with those concerned.",),
        team="HR partners",
        needs_team=1.0,
        because=("Confidential. Please take it yourselves from the beginning.",),
    ),
)
