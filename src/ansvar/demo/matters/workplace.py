"""Matters of computers and what hangs on them."""

from typing import Final

from ansvar.demo.matters.matter import ANYBODY, OFFICES, Matter
from ansvar.tickets.decisions import Kind, WaitingFor

MATTERS: Final = (
    Matter(
        service="Workplace",
        weight=6,
        asked_by=ANYBODY,
        subjects=(
            "Computer does not start",
            "Computer restarts in the middle of work",
            "Black screen after the update",
        ),
        texts=(
            (
                "The computer in the consulting room stays black this morning. The lamp burns. I"
                " use my"
                " colleague's meanwhile."
            ),
            "Twice today it has restarted without asking. What I had written was gone.",
            "It updated itself over night and now shows only a pointer on black.",
        ),
        walks=((0, 0), (0, 0), (0, 1), (1, 0)),
        question="Could you hold the power button for ten seconds, wait, and start it? What do you"
        " see first?",
        answer="Now it asks for a long key with 48 digits.",
        notes=("Memory test finds faults. Warranty until next spring.",),
        mended=(
            "Key given by phone, computer started and finished its update.",
            "Computer exchanged; files were in the cloud and came back by themselves.",
            "Update taken back and held for this model.",
        ),
        refused="It was fine yesterday. This morning the same black screen.",
        team="Workstations",
        needs_team=0.4,
        because=("Key and restart tried. Needs a computer or hands on this one.",),
        back=("Model is on our list: hold the update and restart twice, no exchange needed.",),
        waits=((WaitingFor.SUPPLIER, "Warranty exchange, technician comes within two days"),),
    ),
    Matter(
        service="Workplace",
        weight=5,
        subjects=("Scanner reads no bar codes", "Hand scanner beeps but nothing happens"),
        texts=(
            "The scanner at place {till} blinks but reads nothing, also not the easy ones.",
            "It beeps, but the article does not come up. At the other place it does.",
        ),
        walks=((0, 0), (1, 0)),
        question="Please scan the square on the first page of its manual, then try again.",
        answer="Done, now it reads. What was it?",
        mended=(
            (
                "It had been switched to another keyboard by a code on a box. Put back by"
                " scanning the"
                " reset code."
            ),
            "Battery was at its end; new scanner sent with the morning delivery.",
        ),
        team="On-site",
        because=("Reset code tried, window is scratched. Please exchange.",),
    ),
    Matter(
        service="Workplace",
        weight=3,
        asked_by=OFFICES,
        subjects=("Printer on floor 3 jams", "Prints come out on the wrong floor"),
        texts=(
            "Paper jams at every second page, always at the same place.",
            "What I print comes out one floor below. Embarrassing with salary lists.",
        ),
        walks=((0, 2), (1, 0)),
        mended=(
            "Roller exchanged; 200 pages without a jam.",
            "Standard printer set by floor again, after the move it had the old one.",
        ),
        team="On-site",
        because=("Tray and paper checked, roller is worn. Please exchange.",),
        waits=((WaitingFor.SUPPLIER, "Roller ordered from the maker"),),
    ),
    Matter(
        service="Workplace",
        kind=Kind.REQUEST,
        weight=4,
        asked_by=OFFICES,
        subjects=(
            "New colleague on {weekday}: computer and programs",
            "Program for drawing floor plans",
            "Second screen",
        ),
        texts=(
            (
                "{colleague} begins with us. Computer, two screens, the usual programs and the"
                " budget"
                " system, please."
            ),
            "To plan the new pharmacies I need a program that opens the architect's drawings.",
            "I compare lists all day. A second screen would help much.",
        ),
        walks=((0, 2), (0, 0)),
        question="Who is the manager that agrees to the cost, and which cost centre is it?",
        answer="{colleague}, cost centre 4410.",
        mended=(
            "Everything stands on the desk and works; {first} has seen it.",
            "Program installed from the catalogue, licence charged to the cost centre.",
        ),
        team="Workstations",
        needs_team=0.6,
        because=("Agreed by the manager, cost centre is in the conversation. Please prepare.",),
        waits=(
            (WaitingFor.SUPPLIER, "Screens are on order"),
            (WaitingFor.DATE, "First working day of the colleague"),
        ),
    ),
    Matter(
        service="Workplace",
        kind=Kind.PROJECT_WORK,
        weight=1,
        asked_by=OFFICES,
        subjects=("Exchange of computers, tour {count}",),
        texts=(
            (
                "Computers of five pharmacies are exchanged in this tour of the yearly programme."
                " List"
                " and dates are with On-site."
            ),
        ),
        walks=((1, 0), (0, 2)),
        notes=("Two of five done.", "All computers are packed and labelled."),
        mended=(
            "All five pharmacies have their new computers; old ones are collected and erased.",
        ),
        team="On-site",
        needs_team=1.0,
        because=("Planned work of the yearly programme.",),
        waits=((WaitingFor.DATE, "Tour begins that week"),),
    ),
)
