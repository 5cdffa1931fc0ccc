from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from mmchat.answering.base import AnswerEvent, Concluded, Question
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.selection import Scored
from mmchat.tools.spans import Span
from mmchat.answering.wording import ENGLISH, FRENCH
from mmchat.perception.label_names import Vocabulary, Wording
from mmchat.types import (
    Attachment,
    Candidate,
    Citation,
    Cited,
    Concept,
    Evidence,
    Grounding,
    Locator,
    Modality,
    Query,
    SegmentKind,
    TextDelta,
    WordPlace,
)
from tests.factories import a_segment, an_attachment

MARKER = re.compile(r"(?<!\\)\[(\d+)\]")


@dataclass
class Grades:
    """A scorer that knows the confidence of some sentences and gives all others 0.01."""

    known: dict[str, float] = field(default_factory=dict)

    def load(self) -> None:
        """Nothing to load."""

    def score(self, query: Query, spans: Sequence[Span]) -> list[Scored]:
        return [Scored(span, self.known.get(span.text, 0.01)) for span in spans]


@dataclass
class Answer:
    events: list[AnswerEvent]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def citations(self) -> list[Citation]:
        return [event.citation for event in self.events if isinstance(event, Cited)]

    @property
    def grounding(self) -> Grounding | None:
        last = self.events[-1]
        assert isinstance(last, Concluded)
        return last.grounding


def ask(
    text: str,
    *evidence: Evidence,
    known: dict[str, float] | None = None,
    language: str = "en",
    searched: int = 9,
    attached: frozenset[str] = frozenset(),
    names: ConceptNames | None = None,
) -> Answer:
    answerer = ExtractiveAnswerer(Grades(known or {}), names)  # type: ignore[arg-type]
    query = Query(text=text, language=language, attachment_ids=attached)
    question = Question(query, interface_language=language, searched=searched)
    return Answer(list(answerer.answer(question, evidence)))


def passage(number: int, text: str, name: str = "lease.txt", **changes: Any) -> Evidence:
    attachment = an_attachment(name, **changes.pop("attachment", {}))
    return Evidence(number, Candidate(a_segment(attachment, number, text, **changes), attachment, 1.0))


def picture(number: int, name: str, *concepts: Concept, cosine: float = 0.5) -> Evidence:
    attachment = an_attachment(name, modality=Modality.IMAGE)
    return Evidence(number, Candidate(_whole(attachment, concepts), attachment, 1.0, scores={"pictures": cosine}))


def _whole(attachment: Attachment, concepts: tuple[Concept, ...]) -> Any:
    return a_segment(attachment, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=concepts, locator=Locator())


FOX = (Concept("red fox", 0.62), Concept("kit fox", 0.21), Concept("grey fox", 0.04))


def test_the_best_sentence_is_quoted_with_its_marker_and_its_citation() -> None:
    first = passage(1, "It rains. The deposit is 1,450 euros. It snows.")

    answer = ask("How high is the deposit?", first, known={"The deposit is 1,450 euros.": 0.9})

    assert answer.text == "**lease.txt**: “The deposit is 1,450 euros.” [1]"
    assert [c.quote for c in answer.citations] == ["The deposit is 1,450 euros."]
    assert answer.citations[0].locator == Locator(char_start=10, char_end=37)
    assert answer.grounding is Grounding.ANSWERED


def test_the_citation_follows_its_marker_at_once_and_the_conclusion_is_last() -> None:
    answer = ask("Q?", passage(1, "First."), passage(2, "Other words.", name="b.txt"),
                 known={"First.": 0.9, "Other words.": 0.88})  # fmt: skip

    so_far, seen = "", []
    for event in answer.events:
        if isinstance(event, TextDelta):
            so_far += event.text
        elif isinstance(event, Cited):
            assert so_far.endswith(f"[{event.citation.marker}]")
            seen.append(event.citation.marker)
    assert seen == [1, 2]
    assert [isinstance(event, Concluded) for event in answer.events].count(True) == 1


def test_nothing_convincing_is_said_plainly_with_what_came_closest() -> None:
    answer = ask("Was the deposit returned?", passage(1, "The deposit is 1,450 euros."), searched=1234)

    assert answer.grounding is Grounding.NOTHING
    assert "Nothing found here answers this. 1,234 pieces" in answer.text
    assert "Closest, though it does not seem to answer: **lease.txt**: “The deposit is 1,450 euros.” [1]" in answer.text
    assert [c.marker for c in answer.citations] == [1]


def test_what_has_nothing_to_do_with_the_question_is_not_shown_as_closest() -> None:
    answer = ask("What is the dentist's name?", passage(1, "The deposit is 1,450 euros."))

    assert answer.text.endswith("were searched. Nothing near it was found either.")
    assert answer.citations == []
    assert answer.grounding is Grounding.NOTHING


@pytest.mark.parametrize(
    ("text", "sentence", "language", "opening"),
    [
        ("How many lorries does depot 200 hold?", "Depot 20 holds 14 lorries.", "en",
         "Closest, though it is about depot 20, not depot 200: "),
        ("Does depot 7 or depot 8 hold lorries?", "Depot 20 holds 14 lorries.", "en",
         "Closest, though it is about depot 20, not depot 7 or depot 8: "),
        ("What does Anna Berg pay?", "Peter Berg pays 900 euros.", "en",
         "Closest, though it is about Peter Berg, not Anna Berg: "),
        ("Que contient le dépôt 200 ?", "Le dépôt 20 contient 14 camions.", "fr",
         "Le plus proche, bien qu’il s’agisse du dépôt 20, et non du dépôt 200 : "),
        ("Combien coûte la facture 7 ?", "Facture 8 : 90 euros", "fr",
         "Le plus proche, bien qu’il s’agisse de la facture 8, et non de la facture 7 : "),
        ("Que doit Anna Berg ?", "Tom Lee doit 90 euros.", "fr",
         "Le plus proche, bien qu’il s’agisse de Tom Lee, et non d’Anna Berg : "),
    ],
)  # fmt: skip
def test_a_near_miss_is_offered_as_closest_and_says_of_whom_it_is(
    text: str, sentence: str, language: str, opening: str
) -> None:
    answer = ask(text, passage(1, sentence), known={sentence: 0.95}, language=language)

    assert answer.grounding is Grounding.NOTHING
    assert f"{opening}**lease.txt**" in answer.text
    assert answer.citations[0].quote == sentence


@pytest.mark.parametrize(("confidence", "told"), [(0.8, True), (0.7, False)])
def test_only_a_sentence_nearly_as_good_takes_the_place_of_a_near_miss(confidence: float, told: bool) -> None:
    known = {"Depot 20 holds 14 lorries.": 0.95, "Depot 200 holds 90.": confidence}

    answer = ask("How many lorries does depot 200 hold?", passage(1, " ".join(known)), known=known)

    assert (answer.grounding is Grounding.ANSWERED) is told
    assert [c.quote for c in answer.citations] == ["Depot 200 holds 90." if told else "Depot 20 holds 14 lorries."]


@pytest.mark.parametrize(
    ("text", "language", "reply"),
    [
        ("hello", "en", ENGLISH.hello),
        ("Thanks a lot!", "en", ENGLISH.thanks),
        ("Merci beaucoup", "fr", FRENCH.thanks),
        ("Merci, au revoir !", "fr", FRENCH.bye),
    ],
)
def test_a_courtesy_gets_one_sentence_and_needs_no_evidence(text: str, language: str, reply: str) -> None:
    answer = ask(text, passage(1, "Hello and thanks."), known={"Hello and thanks.": 0.9}, language=language)

    assert answer.text == reply
    assert answer.citations == []
    assert answer.grounding is None


def test_an_empty_library_says_so() -> None:
    answer = ask("Anything?", searched=0)

    assert answer.text == "There is nothing to search yet. Add a file and ask again."
    assert answer.grounding is Grounding.NOTHING
    assert answer.citations == []


def test_no_evidence_in_a_full_library_names_how_much_was_searched() -> None:
    answer = ask("Anything?", searched=1)

    assert answer.text == "Nothing found here answers this. One piece of text, picture or sound was searched."


def test_the_threshold_is_a_choice() -> None:
    evidence = passage(1, "The deposit is 1,450 euros.")
    question = Question(Query(text="How high is the deposit?", language="en"), searched=1)
    grades = Grades({"The deposit is 1,450 euros.": 0.5})

    easy = list(ExtractiveAnswerer(grades, abstain_below=0.4).answer(question, [evidence]))  # type: ignore[arg-type]
    strict = list(ExtractiveAnswerer(grades, abstain_below=0.6).answer(question, [evidence]))  # type: ignore[arg-type]

    assert easy[-1] == Concluded(Grounding.ANSWERED)
    assert strict[-1] == Concluded(Grounding.NOTHING)


def test_quoted_text_can_neither_format_the_answer_nor_make_a_marker() -> None:
    hostile = "See [2] and `rm -rf *` <img src=x onerror=alert(1)> **now**."

    answer = ask("What should I see?", passage(1, hostile), known={hostile: 0.9})

    assert MARKER.findall(answer.text) == ["1"]
    assert "<img" not in answer.text
    assert r"\`rm -rf \*\`" in answer.text
    assert answer.citations[0].quote == hostile


def test_a_hostile_file_name_is_shown_literally() -> None:
    answer = ask("Q?", passage(1, "Yes it is.", name="a[3]*<b>.txt"), known={"Yes it is.": 0.9})

    assert MARKER.findall(answer.text) == ["1"]
    assert r"a\[3\]\*&lt;b&gt;.txt" in answer.text


def test_french_wording_for_a_french_interface() -> None:
    known = {"La caution est de 1 450 euros.": 0.9}

    answer = ask("Quelle est la caution ?", passage(1, "La caution est de 1 450 euros."), known=known, language="fr")
    silent = ask("Qui est le dentiste ?", passage(1, "La caution est de 1 450 euros."), language="fr")

    assert answer.text == "**lease.txt** : « La caution est de 1 450 euros. » [1]"
    assert silent.text.startswith("Rien de ce qui a été trouvé ne répond")


def test_a_recording_is_quoted_with_its_second() -> None:
    places = (WordPlace(0, 4, start_s=61.0, end_s=61.5), WordPlace(5, 10, start_s=61.5, end_s=62.0))
    spoken = passage(
        1,
        "Send it on Friday.",
        name="call.wav",
        attachment={"modality": Modality.AUDIO},
        kind=SegmentKind.TRANSCRIPT,
        places=places,
        locator=Locator(start_s=60.0, end_s=70.0),
    )

    answer = ask("When is it sent?", spoken, known={"Send it on Friday.": 0.9})

    assert answer.text.startswith("**call.wav**, 1:01: “Send it")
    assert answer.citations[0].locator.start_s == 61.0


def test_a_page_is_named() -> None:
    answer = ask("Q?", passage(1, "Yes it is.", locator=Locator(page=4)), known={"Yes it is.": 0.9})

    assert answer.text.startswith("**lease.txt**, page 4: ")


def test_what_is_in_a_picture_is_answered_from_what_was_recognised() -> None:
    answer = ask("What is in this picture?", picture(1, "fox.png", *FOX))

    assert answer.text.startswith("**fox.png** looks like: red fox (62 %), kit fox (21 %) [1]")
    assert "fixed list" in answer.text
    assert answer.citations[0].quote == "red fox 62%, kit fox 21%"
    assert answer.grounding is Grounding.ANSWERED


def test_an_unsure_picture_is_worded_as_unsure() -> None:
    guess = ask("What is this?", picture(1, "x.png", Concept("mop", 0.12), Concept("wig", 0.08)))
    maybe = ask("What is this?", picture(1, "x.png", Concept("mop", 0.25), Concept("wig", 0.08)))

    assert guess.text.startswith("**x.png** was not recognised with certainty. Guesses: mop (12 %), wig (8 %) [1]")
    assert maybe.text.startswith("**x.png** may be: mop (25 %), wig (8 %) [1]")


def test_a_sound_is_heard() -> None:
    attachment = an_attachment("rain.wav", modality=Modality.AUDIO)
    segment = a_segment(
        attachment,
        0,
        "",
        kind=SegmentKind.SOUND,
        concepts=(Concept("Rain", 0.7),),
        locator=Locator(start_s=5, end_s=10),
    )

    answer = ask("What do you hear?", Evidence(1, Candidate(segment, attachment, 1.0)))

    assert answer.text.startswith("**rain.wav**, 0:05 sounds like: Rain (70 %) [1]")
    assert answer.citations[0].locator == segment.locator


def test_which_picture_shows_something_names_the_pictures_that_are_nearly_as_like() -> None:
    answer = ask(
        "Which picture shows a fox?",
        picture(1, "fox.png", *FOX, cosine=0.9),
        picture(2, "cub.png", Concept("kit fox", 0.5), cosine=0.8),
        picture(3, "dog.png", Concept("pug", 0.5), cosine=0.2),
    )

    assert [c.name for c in answer.citations] == ["fox.png", "cub.png"]


@pytest.mark.parametrize("text", ["How high is the deposit?", "Who pays?"])
def test_a_question_about_words_is_not_answered_from_pictures(text: str) -> None:
    answer = ask(text, picture(1, "fox.png", *FOX), passage(2, "It rains."))

    assert answer.grounding is Grounding.NOTHING
    assert "red fox" not in answer.text


def test_naming_a_thing_brings_the_picture_that_was_found_first() -> None:
    first = ask("a red fox", picture(1, "fox.png", *FOX), passage(2, "It rains."))
    second = ask("a red fox", passage(1, "It rains."), picture(2, "fox.png", *FOX))

    assert [c.name for c in first.citations] == ["fox.png"]
    assert first.grounding is Grounding.ANSWERED
    assert second.grounding is Grounding.NOTHING


def test_a_picture_answers_any_question_asked_about_it_alone() -> None:
    fox = picture(1, "fox.png", *FOX)

    answer = ask("Is it a fox?", fox, attached=frozenset({fox.candidate.attachment.id}))

    assert answer.grounding is Grounding.ANSWERED
    assert "red fox (62 %)" in answer.text


def test_a_picture_that_merely_was_nearest_is_no_answer() -> None:
    rent = ask("How much is the rent?", picture(1, "fox.png", *FOX))
    fox = ask("How much does a fox weigh?", picture(1, "fox.png", *FOX))

    assert rent.grounding is fox.grounding is Grounding.NOTHING
    assert "fox.png" not in rent.text
    assert "Closest, though it does not seem to answer: **fox.png** looks like: red fox" in fox.text


def test_what_a_screenshot_says_is_its_text_from_the_beginning() -> None:
    shot = {"modality": Modality.IMAGE}
    second = passage(1, "Retry\nCancel", name="error.png", attachment=shot, kind=SegmentKind.TEXT_REGION)
    first = passage(0, "Backup failed\nThe drive is full.", name="error.png", attachment=shot,
                    kind=SegmentKind.TEXT_REGION)  # fmt: skip

    answer = ask("What does the screenshot say?", second, Evidence(2, first.candidate))

    assert [c.quote for c in answer.citations] == ["Backup failed\nThe drive is full.", "Retry\nCancel"]
    assert "“Backup failed The drive is full.” [2]" in answer.text


def test_a_recording_is_summed_up_by_its_first_sentences_in_playing_order() -> None:
    sound = {"modality": Modality.AUDIO}
    later = passage(3, "And that is all for today. Goodbye to everyone here.", name="call.wav", attachment=sound,
                    kind=SegmentKind.TRANSCRIPT)  # fmt: skip
    early = passage(2, "Okay. The login page is done. The logo is missing.", name="call.wav", attachment=sound,
                    kind=SegmentKind.TRANSCRIPT)  # fmt: skip

    answer = ask("Summarise the recording", Evidence(1, later.candidate), Evidence(2, early.candidate))

    assert [c.quote for c in answer.citations] == [
        "The login page is done.",
        "The logo is missing.",
        "And that is all for today.",
    ]
    assert answer.grounding is Grounding.ANSWERED


def test_closing_the_stream_stops_the_work() -> None:
    known = {"First.": 0.9, "Other words.": 0.88}
    evidence = [passage(1, "First."), passage(2, "Other words.", name="b.txt")]
    stream = ExtractiveAnswerer(Grades(known)).answer(Question(Query(text="Q?")), evidence)  # type: ignore[arg-type]

    next(stream)
    stream.close()

    assert list(stream) == []


VOCABULARY = Vocabulary(
    "few",
    ("red fox", "pug", "sports car"),
    {
        "en": (Wording("red fox", (0,)), Wording("pug", (1,)), Wording("sports car", (2,))),
        "fr": (Wording("renard roux", (0,)), Wording("carlin", (1,)), Wording("voiture de sport", (2,))),
    },
    {"en": (Wording("animal", (0, 1)),), "fr": (Wording("animal", (0, 1)),)},
)
FEW = ConceptNames({Modality.IMAGE: lambda: VOCABULARY})


def test_a_french_answer_gives_the_french_names() -> None:
    answer = ask("Que voit-on sur cette image ?", picture(1, "fox.png", *FOX), language="fr", names=FEW)

    assert answer.text.startswith("**fox.png** ressemble à : renard roux (62 %), kit fox (21 %) [1]")
    assert answer.citations[0].quote == "renard roux 62%, kit fox 21%"


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("What animals are in my pictures?", "en", "red fox"),
        ("Which animals can you see in these photos?", "en", "red fox"),
        ("Quels animaux y a-t-il sur mes photos ?", "fr", "renard roux"),
        ("Quels animaux voit-on dans ces images ?", "fr", "renard roux"),
    ],
)
def test_things_of_a_kind_are_told_from_every_picture_that_shows_one(text: str, language: str, name: str) -> None:
    car = picture(1, "car.png", Concept("sports car", 0.9), Concept("pug", 0.05))
    fox = picture(2, "fox.png", *FOX)
    dog = picture(3, "dog.png", Concept("sports car", 0.3), Concept("pug", 0.25))

    answer = ask(text, car, fox, dog, language=language, names=FEW)

    assert [c.name for c in answer.citations] == ["fox.png", "dog.png"]
    assert name in answer.text
    assert answer.grounding is Grounding.ANSWERED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Which animals are on the menu in the photo?", "Fox stew 9.50, pug pie 8.00"),
        ("Which animals are insured according to the photos?", "Every fox is insured."),
        ("What animals are in my pictures?", "My pictures show a fox and a pug."),
    ],
)
def test_a_sentence_that_answers_wins_over_pictures_that_show_the_kind(text: str, sentence: str) -> None:
    answer = ask(text, picture(1, "fox.png", *FOX), passage(2, sentence), known={sentence: 0.9}, names=FEW)

    assert [c.quote for c in answer.citations] == [sentence]


@pytest.mark.parametrize(
    "text", ["Which animals are on the menu in the photo?", "Which animals are insured according to the photos?"]
)
def test_a_question_about_what_is_written_on_a_picture_is_not_one_after_a_kind(text: str) -> None:
    answer = ask(text, picture(1, "fox.png", *FOX), passage(2, "It rains."), names=FEW)

    assert answer.grounding is Grounding.NOTHING


def test_no_picture_of_the_kind_is_said_and_not_another_picture_shown() -> None:
    answer = ask("What animals are in my pictures?", picture(1, "car.png", Concept("sports car", 0.9)), names=FEW)

    assert answer.grounding is Grounding.NOTHING
    assert "car.png" not in answer.text


@pytest.mark.parametrize("text", ["a sports car", "Find the picture of a sports car"])
def test_a_picture_in_which_the_thing_named_was_not_recognised_is_only_the_closest(text: str) -> None:
    fox, car = picture(1, "fox.png", *FOX), picture(1, "car.png", Concept("pug", 0.3), Concept("sports car", 0.1))

    other, right = ask(text, fox, names=FEW), ask(text, car, names=FEW)

    assert other.grounding is Grounding.NOTHING
    assert "Closest, though it does not seem to answer: **fox.png** looks like" in other.text
    assert right.grounding is Grounding.ANSWERED
