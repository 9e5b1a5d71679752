"""The impact scripts of five services, and what the desks ask when a service has none."""

from typing import Any, Final

Tree = dict[str, Any]


def _ask(question: str, *answers: tuple[str, int | str], hint: str = "") -> Tree:
    """Return a question; an answer leads to an impact (a number) or to a question (its name)."""
    return {
        "question": question,
        "help": hint,
        "answers": [
            {"label": label, ("next" if isinstance(to, str) else "impact"): to}
            for label, to in answers
        ],
    }


CASH_DESK: Final[Tree] = {
    "start": "sell",
    "nodes": {
        "sell": _ask(
            "Can the pharmacy sell at all?",
            ("No, no register works", "others"),
            ("Yes, at some registers", "registers"),
            ("Yes, at all, but something is wrong", "wrong"),
            hint="Ask whether anybody has sold anything in the last five minutes.",
        ),
        "others": _ask(
            "Do we hear the same from other pharmacies?",
            ("Yes, or nobody has asked yet", 1),
            ("No, only this one", "closing"),
        ),
        "closing": _ask(
            "Can it sell in another way: by hand, or on the mobile register?",
            ("No, customers are sent away", 1),
            ("Yes, slowly", 2),
        ),
        "registers": _ask(
            "How many registers are left for each that stands still?",
            ("Less than one", 2),
            ("One or two", "queue"),
            ("Three or more", 4),
        ),
        "queue": _ask("Do customers wait longer than ten minutes?", ("Yes", 2), ("No", 3)),
        "wrong": _ask(
            "What is wrong?",
            ("Card payments fail", "cards"),
            ("Prices or benefits are wrong", 3),
            ("Receipts, drawers, displays", 4),
        ),
        "cards": _ask(
            "Do all cards fail?",
            ("Yes, only cash is taken", 2),
            ("Some, or now and then", 3),
        ),
    },
}
E_PRESCRIPTION: Final[Tree] = {
    "start": "dispense",
    "nodes": {
        "dispense": _ask(
            "Can prescriptions be dispensed?",
            ("No, by nobody", "reach"),
            ("Some cannot", "which"),
            ("Yes, but slowly or with detours", "slow"),
        ),
        "reach": _ask(
            "Is the national register reported as down?",
            ("Yes, for all pharmacies of the country", 2),
            ("No, or not known", 1),
            hint="See the status page of the register; its red bar is enough.",
        ),
        "which": _ask(
            "Is somebody in need of a medicine today?",
            ("Yes, and no other pharmacy is near", 2),
            ("Yes, another pharmacy can help", 3),
            ("No", 4),
        ),
        "slow": _ask(
            "How long does one prescription take?",
            ("Over two minutes", "people"),
            ("Less", 4),
        ),
        "people": _ask("Is it so for everybody there?", ("Yes", 2), ("For one person", 4)),
    },
}
DATA_NETWORK: Final[Tree] = {
    "start": "lines",
    "nodes": {
        "lines": _ask(
            "What has no connection?",
            ("Several sites", 1),
            ("One whole site", "mobile"),
            ("Part of a site", "part"),
            ("One device", 4),
        ),
        "mobile": _ask(
            "Has the mobile line taken over?",
            ("No", "open"),
            ("Yes, registers work", 3),
            ("Yes, but it is too slow to sell", 2),
            hint="A yellow lamp on the box means that it has.",
        ),
        "open": _ask("Is the site open now?", ("Yes", 1), ("It opens within two hours", 2),
                     ("Later", 3)),
        "part": _ask(
            "Do registers or dispensing places hang on it?", ("Yes", 2), ("No, only offices", 3)
        ),
    },
}  # fmt: skip
LABEL_PRINTING: Final[Tree] = {
    "start": "printers",
    "nodes": {
        "printers": _ask(
            "How many label printers of the pharmacy work?",
            ("None", "waiting"),
            ("One of them", "quality"),
            ("All, but the labels are wrong", "harm"),
        ),
        "waiting": _ask(
            "Are customers waiting for their medicines?",
            ("Yes", 2),
            ("No, it can wait until the next delivery", 3),
        ),
        "quality": _ask("Is one enough for today?", ("Yes", 4), ("No, queues grow", 3)),
        "harm": _ask(
            "Could a customer take a medicine wrongly because of it?",
            ("Yes", 1),
            ("No, it only looks bad", 4),
            hint="Wrong dose, wrong name, missing warning: answer yes and stop printing.",
        ),
    },
}
WORKPLACE: Final[Tree] = {
    "start": "people",
    "nodes": {
        "people": _ask(
            "Who is hindered?",
            ("One person", "other"),
            ("Several people at a site", "place"),
            ("People at many sites", "since"),
        ),
        "other": _ask(
            "Can the person work at another computer?",
            ("Yes", 4),
            ("No, and customers notice", 3),
            ("No, but nobody else notices", 4),
        ),
        "place": _ask(
            "Can the site serve its customers?", ("Yes", 3), ("Only some of them", 2), ("No", 1)
        ),
        "since": _ask("Did it begin today?", ("Yes", 1), ("It has been so for days", 2)),
    },
}
IT_DEFAULT: Final[Tree] = {
    "start": "reach",
    "nodes": {
        "reach": _ask(
            "How much of the business is hindered?",
            ("All of it, or several sites", 1),
            ("One site or department", "detour"),
            ("A few people", "detour-few"),
            ("One person", 4),
        ),
        "detour": _ask("Is there a detour?", ("No", 2), ("Yes", 3)),
        "detour-few": _ask("Can they do their work in another way?", ("No", 3), ("Yes", 4)),
    },
}
HR_DEFAULT: Final[Tree] = {
    "start": "about",
    "nodes": {
        "about": _ask(
            "Whom does it concern?",
            ("Everybody, or a whole region", 1),
            ("A pharmacy or department", "when"),
            ("One person", "money"),
        ),
        "when": _ask(
            "Does something have to happen before the next pay day?", ("Yes", 2), ("No", 3)
        ),
        "money": _ask("Is money missing, or somebody's health at stake?", ("Yes", 3), ("No", 4)),
    },
}

SCRIPTS: Final[tuple[tuple[str, str, str, Tree], ...]] = (
    # desk, service (none: the desk's default), name, tree
    ("IT", "Cash desk", "Cash desk: what still sells", CASH_DESK),
    ("IT", "E-prescription", "E-prescription: who gets no medicine", E_PRESCRIPTION),
    ("IT", "Data network", "Data network: what is cut off", DATA_NETWORK),
    ("IT", "Label printing", "Labels: who waits, who is in danger", LABEL_PRINTING),
    ("IT", "Workplace", "Workplace: who cannot work", WORKPLACE),
    ("IT", "", "Everything else in IT", IT_DEFAULT),
    ("HR", "", "Human resources", HR_DEFAULT),
)

RAISE_FROM_WEIGHT: Final = "3"
"""Per cent: the five biggest pharmacies raise the impact by a step."""
IT_CELLS: Final = ((1, 1, 2, 3), (2, 2, 3, 4), (3, 3, 4, 4), (4, 4, 5, 5))
HR_CELLS: Final = ((1, 2, 2, 3), (2, 2, 3, 3), (2, 3, 3, 4), (3, 4, 4, 5))


def first_walk(tree: Tree) -> list[int]:
    """Return the answers that lead to an end by always taking the first one."""
    answers, node = [], tree["nodes"][tree["start"]]
    while True:
        answers.append(0)
        first = node["answers"][0]
        if "impact" in first:
            return answers
        node = tree["nodes"][first["next"]]
