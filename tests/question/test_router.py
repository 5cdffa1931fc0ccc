"""Questions are told apart by what they ask for, in four languages, as people type them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mmchat.encoders.e5_small import QUERY, E5SmallEncoder
from mmchat.errors import StoreMismatch
from mmchat.evaluation.misspelling import misspelt
from mmchat.evaluation.router import HELD_OUT, LAST, measure
from mmchat.evaluation.router_fit import Example, digest, fit, read_examples
from mmchat.question.features import BUCKETS, hashed_ngrams, plain
from mmchat.question.router import EXAMPLES, Router, RouterWeights, fitted_weights
from mmchat.settings import Settings
from mmchat.types import RequestKind, Space

LANGUAGES = ("en", "fr", "de", "es")


@pytest.fixture(scope="module")
def settings(models_dir: Path) -> Settings:
    return Settings(models_dir=models_dir, threads=2)


@pytest.fixture(scope="module")
def router(settings: Settings) -> Router:
    return Router.from_settings(settings)


@pytest.mark.model
def test_held_out_questions_are_taken_as_they_were_meant(settings: Settings) -> None:
    found = measure(settings)

    assert found["questions"] >= 240
    assert found["accuracy"] >= 0.86
    assert found["top_2"] >= 0.94
    assert min(found["languages"][language] for language in LANGUAGES) >= 0.82
    for kind, taken in found["confusion"].items():
        assert taken[kind] >= 0.65 * sum(taken.values()), kind


@pytest.mark.model
def test_a_probability_says_how_often_it_is_right(settings: Settings) -> None:
    stretches = [each for each in measure(settings)["reliability"] if each["n"] >= 30]

    assert stretches
    for each in stretches:
        assert abs(each["said"] - each["right"]) < 0.25, each


@pytest.mark.model
@pytest.mark.parametrize("greeting", ["hello there", "Bonjour !", "Hallo, guten Tag", "hola, buenos días"])
def test_a_greeting_is_talk_in_four_languages(router: Router, greeting: str) -> None:
    assert router.route(greeting)[0].kind is RequestKind.TALK


@pytest.mark.model
def test_every_kind_has_a_probability_and_the_best_comes_first(router: Router) -> None:
    likely = router.route("which month was best")

    shares = [each.probability for each in likely]
    assert {each.kind for each in likely} == set(RequestKind)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)


@pytest.mark.model
def test_a_vector_that_the_caller_has_gives_the_same(router: Router, settings: Settings) -> None:
    text = "how much did we spend on trains"
    vector = E5SmallEncoder.from_settings(settings).encode_texts([text], QUERY)[0]

    assert router.route(text, vector=vector) == router.route(text)


def test_beyond_the_vector_it_takes_less_than_a_millisecond() -> None:
    router = Router(_unreachable, Space(*fitted_weights().space.split("@"), dim=384))
    vector = fitted_weights().mean
    text = "could you please tell me which of the two quotes for the roof is the cheaper one?"
    took = []
    for _ in range(50):
        start = time.perf_counter()
        router.route(text, vector=vector)
        took.append(time.perf_counter() - start)

    assert min(took) < 0.001  # the least, since other work on this machine can only add to it


def test_a_file_without_words_asks_what_it_is_and_nothing_at_all_is_talk() -> None:
    router = Router(_unreachable, Space(*fitted_weights().space.split("@"), dim=384))

    assert router.route(" ", attached=1)[0].kind is RequestKind.OVERVIEW
    assert router.route(" ")[0].kind is RequestKind.TALK


def test_another_space_than_the_fitted_one_is_refused() -> None:
    router = Router(_unreachable, Space("e5-small", "another", 384))

    with pytest.raises(StoreMismatch, match="router_fit"):
        router.route("hello")


def test_the_weights_were_fitted_on_the_examples_as_they_are_now() -> None:
    assert fitted_weights().examples == digest(EXAMPLES), "fit anew: python -m mmchat.evaluation.router_fit"


def test_every_kind_has_forty_examples_in_each_language() -> None:
    examples = read_examples(EXAMPLES)

    for kind in RequestKind:
        for language in LANGUAGES:
            assert sum(e.kind is kind and e.language == language for e in examples) >= 40, (kind, language)


def test_no_question_that_is_measured_was_fitted() -> None:
    fitted = {plain(example.text) for example in read_examples(EXAMPLES)}

    for path in (HELD_OUT, LAST):
        assert not fitted & {plain(example.text) for example in read_examples(path)}


def test_no_text_is_an_example_of_two_kinds() -> None:
    kinds: dict[str, set[RequestKind]] = {}
    for example in read_examples(EXAMPLES):
        kinds.setdefault(plain(example.text), set()).add(example.kind)

    assert [text for text, found in kinds.items() if len(found) > 1] == []


def test_routing_imports_no_library_for_fitting() -> None:
    code = (
        "import sys, numpy as np\n"
        "from mmchat.question.router import Router, fitted_weights\n"
        "from mmchat.types import Space\n"
        "weights = fitted_weights()\n"
        "Router(None, Space(*weights.space.split('@'), 384)).route('hi', vector=weights.mean)\n"
        "print(sorted({'sklearn', 'scipy', 'torch', 'onnxruntime'} & set(sys.modules)))\n"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert out.strip() == "[]"


def test_weights_survive_being_written(tmp_path: Path) -> None:
    weights = fitted_weights()
    weights.save(tmp_path / "again.npz")

    again = RouterWeights.load(tmp_path / "again.npz")

    assert (again.kinds, again.space, again.examples) == (weights.kinds, weights.space, weights.examples)
    assert np.array_equal(again.vector, weights.vector)


def test_fitting_learns_what_tells_the_kinds_apart() -> None:
    words = {kind: f"{kind.value} {kind.value[::-1]}" for kind in RequestKind}
    examples = [Example(kind, "en", f"{word} number {n}") for kind, word in words.items() for n in range(10)]
    same = np.tile(np.eye(1, 8, dtype=np.float32), (2 * len(examples), 1))  # vectors that tell nothing

    weights = fit(examples, same, "space@1", "digest")

    for kind, word in words.items():
        shares = weights.probabilities(same[0], hashed_ngrams(f"{word} number 99"))
        assert weights.kinds[int(np.argmax(shares))] is kind


def test_ngrams_do_not_depend_on_case_accents_or_punctuation() -> None:
    assert np.array_equal(hashed_ngrams("Où est-ce ?"), hashed_ngrams("ou est ce"))
    assert float(np.linalg.norm(hashed_ngrams("gate code?"))) == pytest.approx(1)
    assert hashed_ngrams("👍").shape == (BUCKETS,)
    assert np.array_equal(hashed_ngrams("👍"), hashed_ngrams("?!"))  # no word at all is a wording too


def test_a_misspelling_is_the_same_each_time_and_keeps_first_letters() -> None:
    text = "what is the password of the router"

    slipped = misspelt(text)

    assert slipped == misspelt(text) != text
    assert re.findall(r"\b\w", slipped) == re.findall(r"\b\w", text)


def _unreachable(text: str) -> np.ndarray:
    raise AssertionError(f"{text!r} was encoded although its vector was given")
