"""Matters of prescriptions and labels."""

from typing import Final

from ansvar.demo.matters.matter import Matter
from ansvar.tickets.decisions import Kind, WaitingFor

_APPLICATIONS: Final = "Pharmacy applications"

MATTERS: Final = (
    Matter(
        service="E-prescription",
        weight=6,
        subjects=(
            "Recepta is very slow since {clock}",
            "Prescriptions take minutes to open",
        ),
        texts=(
            (
                "Every prescription takes two or three minutes to open, for all of us at {site}."
                " Customers are waiting on chairs."
            ),
            (
                "Recepta turns its wheel for ever. {colleague} at the next desk has the same."
                " Register"
                " and mail are fine."
            ),
        ),
        walks=((2, 0, 0), (2, 1), (2, 0, 1)),
        question="Is it slow also for a customer without any earlier prescription?",
        answer="No, those open at once. It is the ones with a long list.",
        notes=(
            "Response times of the national register are normal, so it is on our side.",
            "Interaction check takes 90 s for lists of more than 40 rows.",
        ),
        mended=(
            (
                "The interaction check had lost its index after the weekend's change. Built anew;"
                " long"
                " lists open in two seconds."
            ),
            "One of the two application servers was overloaded and is out of the rotation now.",
        ),
        refused="This morning it was fine, since lunch it is as slow as before.",
        team=_APPLICATIONS,
        needs_team=0.7,
        because=(
            "All desks of the pharmacy, long medicine lists only, national register is green.",
        ),
        back=("We see no slow calls from this pharmacy. Please check its line first.",),
        waits=((WaitingFor.SUPPLIER, "The maker of Recepta looks at the traces"),),
    ),
    Matter(
        service="E-prescription",
        weight=5,
        subjects=(
            "Badge is not accepted in Recepta",
            "Cannot sign dispensing with my badge",
        ),
        texts=(
            (
                "When I sign, Recepta says “certificate not valid”. The door still opens with the"
                " badge. My colleagues sign for me, which is not how it should be."
            ),
            (
                "My badge is new since {weekday} and Recepta does not know it. I am a pharmacist at"
                " {site}."
            ),
        ),
        walks=((2, 0, 1), (1, 2)),
        question="Which date stands on the back of the badge under “valid to”?",
        answer="Yesterday. I thought that was the old one.",
        mended=(
            (
                "The certificate on the badge had ended. Renewed at the computer together, signing"
                " works."
            ),
            "New badge registered in Recepta, {first} has signed a first prescription with it.",
        ),
        team="Servers and directory",
        because=("Certificate is valid, but the directory still has the old number.",),
    ),
    Matter(
        service="E-prescription",
        weight=3,
        subjects=(
            "A prescription is locked by another pharmacy",
            "Prescription “in use elsewhere”",
        ),
        texts=(
            (
                "The prescription of a customer is “in use” at a pharmacy which closed an hour"
                " ago. He"
                " needs it tonight."
            ),
            (
                "We cannot dispense a renewed prescription: it says “in use elsewhere”. We have"
                " phoned"
                " the other pharmacy, they have closed it."
            ),
        ),
        walks=((1, 1), (1, 0), (1, 2)),
        mended=(
            "Lock released by the national register's support; dispensed at {clock}.",
            "Lock ended by itself after its two hours, customer came back and got it.",
        ),
        team=_APPLICATIONS,
        needs_team=0.6,
        because=("Owner of the lock has closed for the day. Please have it released nationally.",),
    ),
    Matter(
        service="E-prescription",
        kind=Kind.REQUEST,
        weight=3,
        subjects=("Access to Recepta for {colleague}", "New prescriptionist needs Recepta"),
        texts=(
            (
                "{colleague} begins with us on {weekday} and needs Recepta with the rights of a"
                " pharmacist. The licence number follows by phone."
            ),
        ),
        walks=((1, 2),),
        question="I cannot find the licence in the register under that name. Is there a middle name"
        " or another surname from before?",
        answer="Yes, sorry: it is registered under the surname of before the wedding. Corrected by"
        " the authority now.",
        mended=("Licence checked, access given from the first day, tested with the badge.",),
        team=_APPLICATIONS,
        needs_team=0.5,
        because=("Licence is checked and valid, manager has agreed. Please give the rights.",),
        waits=((WaitingFor.DATE, "To be given on the first working day"),),
    ),
    Matter(
        service="Label printing",
        weight=6,
        subjects=(
            "Label printer prints empty labels",
            "Labels come out crooked",
            "Label printer at dispensing place {till} blinks red",
        ),
        texts=(
            "The label printer at place {till} feeds and feeds, and the labels are empty.",
            (
                "The text runs over the edge of the label, so the last line with the warning is"
                " cut."
                " We write it by hand."
            ),
            "Red lamp since {clock}. New roll, restarted, still red. The other printer works.",
        ),
        walks=((1, 0), (1, 1), (2, 1), (0, 1)),
        question="Could you send a photo of a label, and say what stands on the roll: 60 or 62 mm?",
        answer="62. The delivery of last week was all 62, I see now.",
        notes=("Rolls of 62 mm were delivered to several pharmacies by mistake.",),
        mended=(
            (
                "The printer expected 60 mm and had 62. Measured anew with the feed button held"
                " for five"
                " seconds."
            ),
            "Sensor cleaned, printer prints straight. Proper rolls are on their way.",
            "Printer exchanged from the store; the old one is scrapped.",
        ),
        team="On-site",
        because=("Sensor is broken, cleaning and measuring tried. Please bring a printer.",),
        back=("It prints for me. It is the roll, which is two millimetres too wide.",),
    ),
    Matter(
        service="Label printing",
        weight=2,
        subjects=("Wrong font on dosage labels after update", "Å, Ä and Ö missing on labels"),
        texts=(
            (
                "Since {weekday} å, ä and ö are empty squares on the dosage labels. Customers with"
                " “två gånger” read “tv g nger”."
            ),
        ),
        walks=((2, 0), (2, 1)),
        notes=("Same at four pharmacies with the new printer model.",),
        mended=("Font package sent out to all printers of the new model, letters are back.",),
        refused="The big labels are right now, the small ones are not.",
        team=_APPLICATIONS,
        needs_team=0.8,
        because=("Printer itself is fine, test page has all letters. Comes from the template.",),
        back=("Template unchanged since May. Is it the new printer model with its own fonts?",),
        waits=((WaitingFor.CHANGE, "Font package goes out in the service window"),),
    ),
)
