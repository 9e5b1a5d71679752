"""Matters of accounts, mail and the intranet."""

from typing import Final

from ansvar.demo.matters.matter import ANYBODY, OFFICES, Matter
from ansvar.tickets.decisions import Kind, WaitingFor

MATTERS: Final = (
    Matter(
        service="Directory and log-in",
        weight=8,
        asked_by=ANYBODY,
        subjects=(
            "Account locked",
            "Forgot my password over the holiday",
            "Locked out of everything",
        ),
        texts=(
            (
                "I typed the old password too often and now I am locked. I open the pharmacy at"
                " {clock} and am alone."
            ),
            "After three weeks of leave the password has gone from my mind. Can you help?",
            "Nothing lets me in, not even the register. {colleague} writes this for me.",
        ),
        walks=((3,), (3,), (2, 1), (2, 0)),
        mended=(
            (
                "Identity checked by calling back on the known number, account open, new password"
                " set by"
                " {first}."
            ),
            "Unlocked. The old phone was still trying with the old password; mail removed from it.",
        ),
        refused="Locked again after ten minutes.",
        team="Servers and directory",
        needs_team=0.12,
        because=("Locks again within minutes and no device of the person is on. Where from?",),
    ),
    Matter(
        service="Directory and log-in",
        kind=Kind.REQUEST,
        weight=4,
        asked_by=ANYBODY,
        subjects=(
            "Access to the folder “Campaigns”",
            "{colleague} has moved to us, please change the groups",
            "Access ends for a colleague",
        ),
        texts=(
            (
                "I have taken over the campaigns from {colleague} and need the folder, reading and"
                " writing."
            ),
            "{colleague} works with us from {weekday} and no longer at the old place.",
            "Our summer help finishes on {weekday}. Please end the account in the evening.",
        ),
        walks=((3,),),
        question="I need the word of the owner of the folder. Could you ask for it in this ticket?",
        answer="Here it is, forwarded below: “Yes, please.”",
        mended=(
            "Group changed, works from the next log-in.",
            "Old rights taken, new ones given; checked with {first}.",
            "Account ends at 18:00 on the day, badge included.",
        ),
        team="Servers and directory",
        needs_team=0.25,
        because=("Folder has its own list outside the groups. Please add by hand.",),
        waits=((WaitingFor.DATE, "Is to happen on that day"),),
    ),
    Matter(
        service="E-mail and calendar",
        weight=4,
        asked_by=ANYBODY,
        subjects=(
            "Mail to a supplier comes back",
            "Calendar of the meeting room is wrong",
            "Mail on the phone stopped",
        ),
        texts=(
            "Every mail to this supplier comes back with “rejected”. To others it works.",
            "The room “Kamomill” looks free, but when I book it answers that it is taken.",
            "My phone has not got any mail since {weekday}.",
        ),
        walks=((3,), (2, 1), (3,)),
        question="Could you send the mail that came back, as an attachment?",
        answer="Here it is.",
        mended=(
            "The supplier had us on a block list; they have taken us off.",
            "A series of a colleague who has left still held the room. Removed.",
            "Account on the phone added anew with the new password.",
        ),
        refused="The room refuses again, now with my own meeting.",
        team="Servers and directory",
        because=("Report of the other server is in the note; the refusal is about our address.",),
        waits=((WaitingFor.SUPPLIER, "The supplier's IT looks at their filter"),),
    ),
    Matter(
        service="E-mail and calendar",
        kind=Kind.REQUEST,
        weight=2,
        asked_by=OFFICES,
        subjects=("Shared mailbox for recalls", "Distribution list for all managers"),
        texts=("We need an address that {count} people read, for recalls of articles.",),
        walks=((3,), (2, 1)),
        mended=("Made, with the readers named; first test mail was answered.",),
        team="Servers and directory",
        needs_team=0.4,
        because=("Name and readers are agreed. Please make it.",),
    ),
    Matter(
        service="Intranet",
        weight=3,
        asked_by=ANYBODY,
        subjects=(
            "Link to the routine for returns is dead",
            "Search on the intranet finds nothing",
        ),
        texts=(
            "The link on the page “Everyday” leads nowhere.",
            "Whatever I type, it finds nothing, not even “holiday”.",
        ),
        walks=((3,), (2, 1)),
        mended=(
            "Link corrected, the routine had got a new place.",
            "The search index was built anew in the night.",
        ),
        team="Servers and directory",
        because=("Same for everybody. The index looks empty.",),
    ),
    Matter(
        service="Intranet",
        kind=Kind.QUESTION,
        weight=2,
        asked_by=OFFICES,
        subjects=("May I write news for my department?", "Who changes the phone book?"),
        texts=(
            "I would like to write news for us. What do I have to do?",
            "My title is still the old one. Who corrects it?",
        ),
        walks=((3,),),
        mended=(
            "Introduction booked for {weekday}; rights are given.",
            "The title comes from HR's system. Passed on, corrected by tomorrow.",
        ),
    ),
)
