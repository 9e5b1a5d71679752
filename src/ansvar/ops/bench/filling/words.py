"""What tickets and people of a bench say and are called: many words, few of them often.

Words are made of syllables, so that there are as many as wanted; the most frequent ones are those
that desks do read. How often each comes falls with its rank, as in any language (Zipf).
"""

import itertools
import random
from collections.abc import Iterator
from typing import Final

from ansvar.ops.bench import cast

VOCABULARY: Final = 30_000
"""Words of each language."""
SENTENCES: Final = 12_000
"""Sentences of each language; a ticket's words are several of them, drawn anew."""
SUBJECTS: Final = 6_000
_ZIPF: Final = 1.05
_SEED: Final = 61

_FREQUENT: Final = {
    "en": (
        "the", "does", "not", "since", "this", "morning", "and", "we", "cannot", "open", "it",
        "with", "my", "account", "password", "screen", "error", "message", "computer",
        "network", "please", "help", "store", "again", "after", "update", "login", "invoice",
        "order", "phone", "slow", "customer", "waiting", "list", "works", "yesterday",
        "colleague", "scanner", "restart", "tried", "already", "license", "folder", "access",
        "mail", "calendar", "meeting", "room", "keyboard", "monitor", "cable", "server",
        "connection", "wireless", "report", "missing", "wrong", "price", "label", "delivery",
        "stock", "return", "till", "card",
    ),
    "sv": (
        "och", "det", "inte", "sedan", "idag", "vi", "kan", "öppna", "med", "mitt", "konto",
        "lösenord", "skärm", "fel", "meddelande", "dator", "nätverk", "snälla", "hjälp",
        "butik", "igen", "efter", "uppdatering", "inloggning", "faktura", "beställning",
        "telefon", "långsam", "kund", "väntar", "lista", "fungerar", "igår", "kollega",
        "läsare", "startat", "försökt", "redan", "licens", "mapp", "behörighet", "brev",
        "kalender", "möte", "rum", "tangentbord", "bildskärm", "kabel", "anslutning",
        "trådlöst", "rapport", "saknas", "pris", "etikett", "leverans", "lager", "retur",
        "kassa", "kort", "apotek", "recept", "vara",
    ),
}  # fmt: skip
_SYLLABLES: Final = {
    "en": (
        "ab", "con", "der", "est", "fil", "gra", "har", "ing", "jun", "kel", "lor", "men",
        "nor", "ope", "pro", "ran", "ser", "tion", "und", "ver", "win", "cor", "bel", "tan",
        "sec", "mod",
    ),
    "sv": (
        "ar", "berg", "dal", "else", "för", "gång", "hög", "ing", "jord", "klar", "lång", "mål",
        "nät", "om", "på", "rätt", "skap", "till", "upp", "väg", "ände", "överl", "stäl",
        "bruk",
    ),
}  # fmt: skip
_FIRST_NAMES: Final = (
    "Agnes", "Anders", "Anna", "Axel", "Birgitta", "Bo", "Carin", "Daniel", "Ebba", "Elsa",
    "Emil", "Erik", "Eva", "Fatima", "Filip", "Gunnar", "Hanna", "Hassan", "Helena", "Hugo",
    "Ida", "Ingrid", "Jakob", "Johan", "Jonas", "Karin", "Kerstin", "Lars", "Lena", "Leyla",
    "Linnea", "Magnus", "Maja", "Maria", "Mats", "Mikael", "Mohamed", "Nils", "Nora", "Olof",
    "Omar", "Oskar", "Per", "Petra", "Rasmus", "Sara", "Sofia", "Stefan", "Susanne", "Sven",
    "Tove", "Ulf", "Vera", "Yusuf", "Zahra", "Åsa",
)  # fmt: skip
_NAME_BEGINNINGS: Final = (
    "Alm", "Asp", "Berg", "Björk", "Blom", "Dal", "Ek", "Eng", "Fors", "Gran", "Hag", "Hed",
    "Holm", "Häll", "Kall", "Kron", "Lund", "Lönn", "Mo", "Nord", "Ny", "Palm", "Rosen", "Sand",
    "Sjö", "Sten", "Strand", "Ström", "Sund", "Söder", "Wall", "Väst", "Åker", "Öst",
)  # fmt: skip
_NAME_ENDINGS: Final = (
    "berg", "blad", "dahl", "fors", "gren", "holm", "hult", "kvist", "lund", "man", "mark",
    "ner", "qvist", "stedt", "strand", "ström", "vall", "ås",
)  # fmt: skip
SOUGHT_SURNAME: Final = "Lindqvist"
"""That of which `cast.PERSON_PART` is a part."""
SOUGHT_EVERY: Final = 100


class Language:
    """Sentences in one language, drawn as often as wanted."""

    def __init__(self, language: str) -> None:
        chances = random.Random(f"{_SEED} {language}")  # noqa: S311 - words, no secret
        words = list(itertools.islice(_words(language, chances), VOCABULARY))
        weights = [1 / (rank + 2) ** _ZIPF for rank in range(len(words))]
        cumulated = list(itertools.accumulate(weights))

        def said(count: int) -> list[str]:
            return chances.choices(words, cum_weights=cumulated, k=count)

        self.subjects = [
            " ".join(said(chances.randint(3, 7))).capitalize() for _ in range(SUBJECTS)
        ]
        self.sentences = [
            f"{' '.join(said(chances.randint(5, 16))).capitalize()}." for _ in range(SENTENCES)
        ]
        # Each word at least once, so that the whole vocabulary is there to be found.
        for number, word in enumerate(words):
            place = number % SENTENCES
            self.sentences[place] = f"{self.sentences[place][:-1]} {word}."


def _words(language: str, chances: random.Random) -> Iterator[str]:
    """Yield the frequent words, then made ones, each once and none of those that are sought."""
    sought = (cast.RARE_WORD, cast.COMMON_WORD)
    known = {*sought, *_FREQUENT[language]}
    yield from _FREQUENT[language]
    syllables = _SYLLABLES[language]
    while True:
        word = "".join(chances.choices(syllables, k=chances.randint(2, 4)))
        if word not in known and not word.startswith(sought):
            known.add(word)
            yield word


def person_name(number: int) -> str:
    """Return the name of the person of that number; every hundredth has the surname sought."""
    chances = random.Random(f"{_SEED} {number}")  # noqa: S311 - names, no secret
    first = chances.choice(_FIRST_NAMES)
    if number % SOUGHT_EVERY == 1:
        return f"{first} {SOUGHT_SURNAME}"
    return f"{first} {chances.choice(_NAME_BEGINNINGS)}{chances.choice(_NAME_ENDINGS)}"
