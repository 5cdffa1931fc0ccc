"""Questions mended by the words of one library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmchat.assistant import Assistant
from mmchat.question.library_words import LibraryWords
from mmchat.settings import Settings
from tests.asking import give

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def opened(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, LibraryWords]]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir)
    assistant = Assistant.from_settings(settings)
    give(assistant, "mine", {"boiler.md": "The thermostat of the boiler was repaired. The thermostat is new."})
    yield assistant, LibraryWords(assistant._catalog, settings)
    assistant.close()


def test_a_misspelt_word_becomes_the_library_s_own(opened: tuple[Assistant, LibraryWords]) -> None:
    mended = opened[1].mend("mine", "who repaired the thermostadt", "en")

    assert mended.text == "who repaired the thermostat"
    assert mended.changes == (("thermostadt", "thermostat"),)


def test_another_library_s_words_mend_nothing(opened: tuple[Assistant, LibraryWords]) -> None:
    assert opened[1].mend("somebody-else", "who repaired the thermostadt", "en").text == "who repaired the thermostadt"


def test_words_of_a_new_file_are_known_at_once(opened: tuple[Assistant, LibraryWords]) -> None:
    assistant, words = opened
    assert words.mend("mine", "where is the wheelbarow", "en").changes == ()

    give(assistant, "mine", {"garden.md": "The wheelbarrow stands behind the shed. Oil the wheelbarrow."})

    assert words.mend("mine", "where is the wheelbarow", "en").text == "where is the wheelbarrow"


def test_words_run_together_in_haste_are_parted_in_english_alone(opened: tuple[Assistant, LibraryWords]) -> None:
    assert opened[1].mend("mine", "whats the thermostat", "en").text == "what's the thermostat"
    assert opened[1].mend("mine", "whats the thermostat", "fr").text == "whats the thermostat"
