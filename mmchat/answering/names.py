"""People's full names in a text, known by their capitals and by where they stand, and whether two may be one. No model.

Only people count: a title before a name, or two to four capitalised words of which one is a common first name; none of
them a word for a place or a company, no article before them. Anything else in capitals, "Holiday Policy" or "Blue
Ocean", is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmchat.answering.numbers import MOST_READ, SMALL_WORDS
from mmchat.perception.words import folded

_TITLES = set(
    "mr mrs ms miss dr prof professor doctor sir lady m mme mlle monsieur madame mademoiselle docteur professeur "
    "maitre me captain uncle aunt oncle tante president chancellor minister senator governor mayor judge director "
    "manager king queen prince princess pope general colonel chancelier chanceliere ministre senateur maire juge "
    "directeur directrice presidente roi reine pape coach chief boss tenant landlord".split()
)
_NO_NAMES = SMALL_WORDS | set(
    "yesterday today tomorrow later next hier demain ensuite enfin dear cher chere hello hi hey bonjour salut "
    "merci thanks tell show find list call ask email contact write thank summarise summarize explain describe "
    "compare montre trouve appelle ecris resume decris explique cherche recently finally regards cordialement".split()
)
_THINGS = set(
    "corp corporation company inc ltd llc gmbh sarl sas group groupe holding holdings property properties bank "
    "banque university universite college school ecole lycee hospital hopital hotel cafe restaurant bar museum "
    "musee church street st road rue avenue boulevard place square park parc lake lac river mont mount island bay "
    "city town ville village county tower tour bridge pont station gare airport aeroport house maison award prize "
    "prix foundation fondation law act loi".split()
)
"""A name with one of these words is a place's or a company's."""
_FIRST_NAMES = set(
    "adam adele adrien agathe ahmed aisha alain alan albert alex alexander alexandra alexandre alfred ali alice "
    "amelie amir amy ana anais andre andrea andrew angela anita ann anna anne annie anthony antoine arthur audrey "
    "axel barack barbara ben benjamin bernard bob brian bruno camille carla carlos carol caroline catherine cecile "
    "celine charles charlotte chloe chris christian christina christine christophe claire clara claude claudia "
    "clement daniel david deborah denis denise diana diane dominique donald dylan edward elena elisabeth elizabeth "
    "ella emily emma emmanuel eric erik ethan eva fabien fatima felix fiona florence francis francois frank fred "
    "gabriel george georges gerard grace guillaume gustave hannah hans harry helen helene henri henry hugo ian "
    "ines irene isabelle ivan jack jacob jacques james jane janet jason jean jeanne jennifer jerome jessica jim "
    "joan joe john jonathan joseph joshua juan jules julia julie julien karen kate katherine kevin kim laura "
    "laurent lea leila leo leon linda lisa louis louise luc lucas lucie lucy luis luke madeleine manon marc marco "
    "margaret maria marie marion mark martin mary mathieu matthew max maya mehdi mei melanie michael michel "
    "michelle mike mohamed monique nadia nancy natalie nathalie nathan nicholas nicolas nina noah olga oliver "
    "olivia olivier omar oscar pablo pascal patricia patrick paul paula pauline peter philip philippe pierre priya "
    "rachel ravi raj rebecca remi rene richard robert robin roger romain rosa rose ruth ryan sabrina sally sam "
    "samuel sandra sara sarah sebastien simon simone sofia sophia sophie stefan stephane stephanie stephen steve "
    "steven susan suzanne sylvie teresa theo thierry thomas tim tom valerie vanessa victor victoria vincent walter "
    "wei william xavier yann yasmin yves zoe".split()
)
"""Names common where English and French are spoken. A name without one of them, or a title, is left alone."""
_PARTICLES = set("de da del della der di do dos du le la van von ten al bin ibn".split())
_NO_PERSON_AFTER = set("the in at on near inside le la les l en au aux dans sur vers".split())
_STANDS_FOR_ONE = re.compile(r"\b(?:s?he|they|his|her|their|its?|ils?|elles?|son|sa|ses|leurs?|lui)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@[\w.-]+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A name as it stands, from ``start``, and its words folded, titles and particles aside.

    ``is_certain``: by a title or a common first name; without, it may still be a company or a heading.
    """

    written: str
    parts: tuple[str, ...]
    start: int
    is_certain: bool

    def may_be(self, other: Person) -> bool:
        """Whether one is the other with words left out or as initials: Berg is Anna Berg, but Peter Berg is not."""
        few, many = sorted((self.parts, other.parts), key=len)
        return all(any(_alike(part, word) for word in many) for part in few)

    def stands_in(self, text: str) -> bool:
        """Whether the text names this one, by the whole name or by a word of it that is not part of another name."""
        found = people(text)
        if any(self.may_be(person) for person in found):
            return True
        for local in _ADDRESS.findall(text):
            words = _LETTERS.findall(folded(local))
            whole = set(self.parts) <= set(words) or "".join(words) == self.parts[0][0] + self.parts[-1]
            if whole or (len(words) == 1 and words[0] in self.parts):
                return True
        rest = _ADDRESS.sub(" ", text)
        for person in found:
            rest = rest.replace(person.written, " ")
        return any(word[0].isupper() and folded(word) in self.parts for word in _LETTERS.findall(rest))


def people(text: str, not_names: frozenset[str] = frozenset()) -> list[Person]:
    """The names in the text that are full and may be people's, in order.

    ``not_names`` are words that stand in lower case nearby: "Monthly Rent" is nobody where rent is spoken of.
    """
    found: list[Person] = []
    run: list[re.Match[str]] = []
    for token in _LETTERS.finditer(text[:MOST_READ] + " ."):
        between = text[run[-1].end() : token.start()] if run else ""
        goes_on = bool(run) and (
            between in (" ", "-", "\xa0")
            or (between == ". " and (len(run[-1].group()) == 1 or folded(run[-1].group()) in _TITLES))
        )
        word = folded(token.group())
        names = token.group()[0].isupper() and word not in _NO_NAMES
        if run and not (goes_on and (names or word in _PARTICLES)):
            found += _person(text, run, not_names)
            run = []
        if names or run:
            run.append(token)
    return found + list(_person(text, run, not_names))


def others_in(text: str, asked: Sequence[Person], not_names: frozenset[str]) -> list[Person]:
    """The people in a text who are none of those asked about and whom it says something of.

    None after "she" or "his", whose own name stands further above: "She reports to Tom Lee" is not said of Tom Lee.
    """
    stands_for_one = _STANDS_FOR_ONE.search(text)
    return [
        person
        for person in people(text, not_names)
        if not any(each.may_be(person) for each in asked)
        and (
            any(set(each.parts) & set(person.parts) for each in asked)
            or (
                person.is_certain
                and _is_said_of(text, person)
                and not (stands_for_one and stands_for_one.start() < person.start)
            )
        )
    ]


def lower_case_words(text: str) -> frozenset[str]:
    """The words that stand in lower case, folded; those of addresses aside."""
    words = _LETTERS.findall(_ADDRESS.sub(" ", text))
    return frozenset(folded(word) for word in words if word.islower())


def _person(text: str, run: Sequence[re.Match[str]], not_names: frozenset[str]) -> Iterator[Person]:
    words = [(folded(token.group()), token) for token in run]
    while words and words[-1][0] in _PARTICLES:
        words.pop()
    parts = [word for word, _ in words if word not in _TITLES and word not in _PARTICLES]
    titled = any(word in _TITLES for word, _ in words)
    if not 2 - titled <= len(parts) <= 4 or not any(len(part) > 1 for part in parts):
        return
    if any(part in _THINGS or part in not_names for part in parts) or all(t.group().isupper() for _, t in words):
        return
    start, end = words[0][1].start(), words[-1][1].end()
    before = _LETTERS.findall(text[max(0, start - 12) : start])
    if titled or not (before and folded(before[-1]) in _NO_PERSON_AFTER and text[start - 1] in " ’'"):
        yield Person(text[start:end], tuple(parts), start, titled or not _FIRST_NAMES.isdisjoint(parts))


def _is_said_of(text: str, person: Person) -> bool:
    """Whether the name opens the text or a part of it, or follows a small word: not the middle of "Choose Save As"."""
    before = re.search(r"([^\W\d_]+) $", text[max(0, person.start - 30) : person.start])
    return before is None or folded(before[1]) in _NO_NAMES


def _alike(part: str, word: str) -> bool:
    """Equal, an initial, or in a long word one letter heard or read as another; Christina is not Christian."""
    if part == word or (1 in (len(part), len(word)) and part[0] == word[0]):
        return True
    return len(part) == len(word) >= 7 and part[-1] == word[-1] and sum(map(str.__ne__, part, word)) == 1
