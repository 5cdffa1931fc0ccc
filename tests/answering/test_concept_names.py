from __future__ import annotations

from pathlib import Path

import pytest

from mmchat.answering.concept_names import ConceptNames
from mmchat.errors import ModelUnavailable
from mmchat.perception.label_names import Vocabulary
from mmchat.settings import Settings
from mmchat.types import Modality


@pytest.fixture(scope="module")
def names(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> ConceptNames:
    return ConceptNames.from_settings(Settings(data_dir=tmp_path_factory.mktemp("data"), models_dir=models_dir))


@pytest.mark.model
def test_the_bundled_lists_have_french_names(names: ConceptNames) -> None:
    assert names.name("red fox", Modality.IMAGE, "fr") == "renard roux"
    assert names.name("Speech", Modality.AUDIO, "fr") == "parole"
    assert names.name("red fox", Modality.IMAGE, "en") == "red fox"
    assert names.name("no such class", Modality.IMAGE, "fr") == "no such class"


@pytest.mark.model
def test_an_everyday_word_takes_in_its_classes_in_both_languages(names: ConceptNames) -> None:
    animals = names.classes_in("animals", Modality.IMAGE)

    assert {"red fox", "goldfish"} <= animals
    assert "sports car" not in animals
    assert names.classes_in("animaux", Modality.IMAGE) == animals
    assert names.classes_in("unheard things", Modality.IMAGE) == frozenset()


def test_without_lists_names_stay_as_they_are() -> None:
    assert ConceptNames({}).name("red fox", Modality.IMAGE, "fr") == "red fox"
    assert ConceptNames({}).classes_in("animals", Modality.IMAGE) == frozenset()


def test_lists_that_cannot_be_read_leave_the_names_as_they_are() -> None:
    def broken() -> Vocabulary:
        raise ModelUnavailable("The class names cannot be read.")

    names = ConceptNames({Modality.IMAGE: broken})
    names.load()

    assert names.name("red fox", Modality.IMAGE, "fr") == "red fox"
    assert names.classes_in("animals", Modality.IMAGE) == frozenset()


def test_one_instance_serves_the_process_and_reads_each_list_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    read: list[int] = []

    def once() -> Vocabulary:
        read.append(1)
        return Vocabulary("few", (), {"en": (), "fr": ()}, {"en": (), "fr": ()})

    names = ConceptNames({Modality.IMAGE: once})
    names.load()
    names.name("red fox", Modality.IMAGE, "fr")

    assert ConceptNames.from_settings(settings) is ConceptNames.from_settings(settings)
    assert read == [1]
