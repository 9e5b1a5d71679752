"""What agents and requesters say whatever the matter is."""

from typing import Final

TAKING: Final = (
    "Hello {first},\n\nthank you, I have taken this up and am looking at it now.\n\n{agent}",
    "Hello {first},\n\nI have it. You hear from me before {clock}.\n\nRegards\n{agent}",
    "Hello {first},\n\nthis looks familiar. Give me half an hour.\n\n{agent}, {desk}",
)
ASKING: Final = (
    "Hello {first},\n\none question before I can go on:\n\n{question}\n\nThank you!\n{agent}",
    "Hello {first},\n\n{question}\n\nWith that I can say more.\n\n{agent}",
)
ASKING_AGAIN: Final = (
    "Hello {first},\n\nI asked some days ago and have not heard from you. Is it still so? If not, a"
    " word is enough and I close it.\n\n{agent}"
)
ANSWERS: Final = (
    "{answer}",
    "Hello,\n\n{answer}\n\n{first}",
    "{answer}\n\nBest regards\n{first}",
)
GONE_QUIETLY: Final = "No answer to two questions; taken as settled. A word here takes it up again."
TAKEN_OVER: Final = (
    (
        "Hello {first},\n\nyour matter is with us in {team} now. I have read what was tried, you"
        " need"
        " not explain it again.\n\n{agent}"
    ),
    (
        "Hello {first},\n\nI work on this from now on. Next word from me tomorrow morning at the"
        " latest."
        "\n\n{agent}, {team}"
    ),
)
STILL_AT_IT: Final = (
    "Hello {first},\n\na word in between: we are not there yet, but we know where to look. It does"
    " not need anything from you.\n\n{agent}"
)
DONE: Final = (
    "Hello {first},\n\n{mended}\n\nTell me if it comes back.\n\n{agent}",
    "Hello {first},\n\ndone: {mended}\n\nRegards\n{agent}",
)
IMPATIENT: Final = (
    "Hello, is there anything new? It is the third day now.\n\n{first}",
    "Just asking how far this has come. Customers ask us too.\n\n{first}",
    "It has become worse since this morning. Please phone me.\n\n{first}",
)
WORKING_NOTES: Final = (
    "Phoned {first}, no answer. Try again after lunch.",
    "Spoke with {first}: it happens mostly in the morning.",
    "Remote session at {clock}, nothing unusual in the logs.",
    "Colleagues at the next pharmacy do not have it.",
    "Photo is in the conversation, serial number ends with 7{count}.",
)
BECAUSE: Final = ("Tried what the guide says, without change. Please take over.",)
BACK: Final = ("This is not ours: nothing of it runs on our side. Please look once more.",)
AGAIN: Final = (
    "Looked once more as asked, and it is yours after all: see the note with times.",
    "Checked what you named, it is in order. Please go on.",
)
OVERRIDES: Final = (
    (1, "Recall of a medicine runs today, this pharmacy is in the middle of it."),
    (1, "Third time within a month at this place; we owe them a better answer."),
    (-1, "Pharmacy is closed for rebuilding until next week, nobody is hindered."),
    (-1, "A spare one stands there and is used; no customer notices."),
)
REFUSALS: Final = (
    "It is still the same as before, I am afraid.",
    "Worked once, not since. Please take it up again.",
)
DUPLICATE: Final = "Reported by a colleague already; it goes on in the linked ticket."
ARTICLES: Final = (
    "vitamin D drops", "sun lotion 50+", "throat lozenges", "eye drops for dry eyes",
    "hand cream without perfume", "plasters for children", "a thermometer", "nasal spray",
    "support stockings size M",
)  # fmt: skip
