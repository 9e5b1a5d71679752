import string

import pytest

from ansvar.catalogue.decisions import Outcome, check_tree, parse_tree, path_to, walk
from ansvar.demo import company, crowd, phrases, trees
from ansvar.demo.cards import CARDS
from ansvar.demo.matters import MATTERS, Matter
from ansvar.demo.offers import PEOPLE
from ansvar.demo.today import SCENES
from ansvar.people.decisions.addresses import normalise_phone

KNOWN_WORDS = {
    "agent", "amount", "answer", "article", "clock", "colleague", "count", "desk", "first",
    "mended", "question", "site", "team", "till", "weekday",
}  # fmt: skip
EVERY_MATTER = [*MATTERS, *(scene.matter for scene in SCENES)]
TREES = {(desk, service): tree for desk, service, _, tree in trees.SCRIPTS}


def texts_of(matter: Matter) -> list[str]:
    return [
        *matter.subjects, *matter.texts, *matter.notes, *matter.mended, *matter.because,
        *matter.back, matter.question, matter.answer, matter.refused,
        *(note for _, note in matter.waits),
    ]  # fmt: skip


def test_sixty_pharmacies_share_the_whole_business():
    places = company.places()
    assert len({place.name for place in places}) == 60
    assert len({place.city for place in places}) == 8
    assert sum(place.weight for place in places) == 100
    assert max(places, key=lambda place: place.weight).name == company.FLAGSHIP


def test_two_hundred_people_are_told_apart_by_every_address():
    people = crowd.posts()
    numbers = crowd.phone_numbers(people)
    assert len(people) == 200
    assert len({post.email for post in people}) == 200
    assert len({normalise_phone(number) for number in numbers.values()}) == 200
    assert all(post.email.endswith(".example") for post in people)


def test_every_manager_comes_before_those_managed():
    seen: set[str] = set()
    for post in crowd.posts():
        assert post.manager in seen or not post.manager
        seen.add(post.name)


def test_fifteen_services_have_owner_and_deputy_among_the_people():
    people = {post.name for post in crowd.posts()}
    assert len(CARDS) == 15
    assert {name for card in CARDS for name in (card.owner, card.deputy)} <= people


def test_no_service_rests_on_itself():
    numbers = {card.name: number for number, card in enumerate(CARDS)}
    edges = {numbers[card.name]: [numbers[name] for name in card.rests_on] for card in CARDS}
    for start, belows in edges.items():
        assert all(not path_to(edges, below, start) for below in belows)


@pytest.mark.parametrize("key", TREES, ids=str)
def test_a_script_has_no_fault(key: tuple[str, str]):
    assert check_tree(parse_tree(TREES[key])) == []


def test_five_services_have_a_script_of_their_own():
    assert len([service for _, service in TREES if service]) == 5


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.subjects[0])
def test_the_answers_of_a_matter_end_in_an_impact(matter: Matter):
    tree = parse_tree(TREES.get((matter.desk, matter.service)) or TREES[matter.desk, ""])
    for answers in matter.walks:
        outcome = walk(tree, answers)
        assert isinstance(outcome, Outcome)
        assert outcome.impact


@pytest.mark.parametrize("matter", EVERY_MATTER, ids=lambda matter: matter.subjects[0])
def test_a_matter_names_only_words_that_are_put_in(matter: Matter):
    parsed = [part for text in texts_of(matter) for part in string.Formatter().parse(text)]
    assert {name for _, name, _, _ in parsed if name} <= KNOWN_WORDS


def test_phrases_name_only_words_that_are_put_in():
    values = [value for name, value in vars(phrases).items() if name.isupper()]
    texts = [text for value in values for text in (value if isinstance(value, tuple) else [value])]
    words = [text[1] if isinstance(text, tuple) else text for text in texts]
    parsed = [part for text in words for part in string.Formatter().parse(text)]
    assert {name for _, name, _, _ in parsed if name} <= KNOWN_WORDS


def test_who_is_offered_for_trying_out_is_among_the_people():
    assert set(PEOPLE) <= {post.email for post in crowd.posts()}
