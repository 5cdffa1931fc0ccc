"""A name becomes a folder: found, or fetched once from a hub, or a sentence with the line that fetches it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.models import fetching, hub
from mmchat.models.hub_cards import HUB_CARDS
from mmchat.parts import Parts
from mmchat.settings import Settings
from mmchat.types import Query
from tests.encoders.tiny_models import tiny_clip
from tests.models.fake_hub import COMMIT, FakeHub, files_of

NAME = "someone/tiny"
WEIGHTS = bytes(range(256)) * 4096
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "1_Pooling/config.json": b"{}",
    "weights.safetensors": WEIGHTS,
    "pytorch_model.bin": b"a pickle",
    "onnx/config.json": b"{}",
    "README.md": b"words",
}
WANTED = {"config.json", "1_Pooling/config.json", "weights.safetensors"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(fetching, "_FIRST_PAUSE_S", 0.0)
    return Settings(profile="hub", models_dir=tmp_path / "models")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    fake = FakeHub(NAME, dict(FILES))
    with fake.serving() as address:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        monkeypatch.setattr(
            "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
            address + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield fake


def test_a_model_is_fetched_once_and_its_commit_kept(settings: Settings, served: FakeHub) -> None:
    told: list[float] = []

    with hub.reporting(told.append):
        folder = hub.locate(NAME, settings)
    requests = len(served.asked)
    again = hub.locate(NAME, settings)

    assert folder == again == (settings.models_path / "someone--tiny").resolve()
    assert len(served.asked) == requests
    assert files_of(folder) == {*WANTED, "made.json"}
    assert (folder / "weights.safetensors").read_bytes() == WEIGHTS
    assert hub.revision_of(NAME, settings) == COMMIT
    assert json.loads((folder / "made.json").read_text())["model"] == NAME
    assert told == sorted(told) and told[0] == 0 and told[-1] == 1 and len(told) > 2
    assert all(COMMIT in path for path, _ in served.asked[1:])


@pytest.mark.parametrize("tries", [1, 9])
def test_what_has_arrived_is_not_fetched_again(
    settings: Settings, served: FakeHub, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    monkeypatch.setattr(fetching, "_TRIES", tries)
    served.breaks = [700_000]

    if tries == 1:  # the process ends there, and another one goes on
        with pytest.raises(ModelUnavailable, match="the hub did not answer.*what is here is kept") as raised:
            hub.locate(NAME, settings)
        assert raised.value.retryable
        assert not (settings.models_path / "someone--tiny").exists()
    folder = hub.locate(NAME, settings)

    assert (folder / "weights.safetensors").read_bytes() == WEIGHTS
    asked = [span for path, span in served.asked if path.endswith("safetensors")]
    assert asked[0] == "" and asked[-1].startswith("bytes=") and int(asked[-1][6:-1]) >= 600_000
    assert len([path for path, _ in served.asked if path.endswith("/1_Pooling/config.json")]) == 1


def test_a_file_that_arrives_damaged_is_not_used(settings: Settings, served: FakeHub) -> None:
    served.damaged = True

    with pytest.raises(ModelUnavailable, match=r"weights\.safetensors of someone/tiny arrived damaged"):
        hub.locate(NAME, settings)
    served.damaged = False

    assert (hub.locate(NAME, settings) / "weights.safetensors").read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (404, "RepoNotFound", "no model 'someone/tiny' on the hub, or it is private"),
        (404, "RevisionNotFound", "has no revision"),
        (403, "GatedRepo", "accept it on its page.*HF_TOKEN"),
        (418, "", "The hub answered 418"),
    ],
)
def test_what_the_hub_refuses_is_a_sentence(
    settings: Settings, served: FakeHub, status: int, error: str, told: str
) -> None:
    served.status, served.error = status, error

    with pytest.raises(ModelUnavailable, match=told):
        hub.locate(NAME, settings)


def test_a_token_is_shown_to_the_hub_and_to_nobody_else(
    settings: Settings, served: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    store = FakeHub(NAME, dict(FILES))

    with store.serving() as address:
        served.elsewhere = address.replace("127.0.0.1", "localhost")
        folder = hub.locate(NAME, settings)

    assert files_of(folder) == {*WANTED, "made.json"}
    assert set(served.tokens) == {"Bearer hf_secret"} and set(store.tokens) == {""}


def test_pickles_alone_are_no_weights(settings: Settings, served: FakeHub) -> None:
    del served.files["weights.safetensors"]

    with pytest.raises(ModelUnavailable, match="holds no weights that are read here"):
        hub.locate(NAME, settings)


def test_a_hub_that_is_not_there_is_a_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")

    with pytest.raises(ModelUnavailable, match="the hub did not answer"):
        hub.locate(NAME, settings)


def test_a_disk_that_is_full_is_told_before_anything_is_fetched(
    settings: Settings, served: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())

    with pytest.raises(ModelUnavailable, match="takes 0.0 GB, and 0.0 GB are free.*MMCHAT_MODELS_DIR"):
        hub.locate(NAME, settings)
    assert len(served.asked) == 1


def test_without_the_package_the_line_that_installs_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)

    with pytest.raises(MissingDependency, match="pip install huggingface_hub"):
        hub.locate(NAME, settings)


def test_the_bundled_profile_fetches_nothing(tmp_path: Path, served: FakeHub) -> None:
    bundled = Settings(models_dir=tmp_path)
    name = "google/siglip2-base-patch16-256"

    with pytest.raises(ModelUnavailable) as raised:
        hub.locate(name, bundled)

    revision = HUB_CARDS[name].revision
    line = f"hf download {name} --revision {revision} --local-dir {tmp_path / 'google--siglip2-base-patch16-256'}"
    assert line in str(raised.value) and "MMCHAT_PROFILE=hub" in str(raised.value)
    assert served.asked == []


def test_offline_is_offline(settings: Settings, served: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(ModelUnavailable, match=r"HF_HUB_OFFLINE is set .*: hf download someone/tiny --local-dir \S+$"):
        hub.locate(NAME, settings)
    assert served.asked == []


def test_a_revision_that_is_given_has_a_folder_of_its_own(settings: Settings, served: FakeHub) -> None:
    folder = hub.locate(f"{NAME}@main", settings)

    assert folder.name == "someone--tiny@main"
    assert served.asked[0][0] == f"/api/models/{NAME}/revision/main"
    assert hub.revision_of(f"{NAME}@main", settings) == COMMIT
    assert hub.find(NAME, settings) is None


@pytest.mark.parametrize(
    "name", ["../secrets", "a b", "https://somewhere/model", "someone/../tiny", "~nobody/here", ""]
)
def test_what_is_no_name_is_not_asked_for(settings: Settings, served: FakeHub, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="neither a folder|holds no model"):
        hub.locate(name, settings)
    assert served.asked == []


def test_a_folder_is_known_by_what_is_in_it(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    first = hub.revision_of(str(folder), settings)

    (folder / "model.safetensors").write_bytes(WEIGHTS[::-1])

    assert hub.locate(str(folder), settings) == folder.resolve()
    assert len(first) == 16 and hub.revision_of(str(folder), settings) != first


def test_a_folder_that_the_hubs_own_program_made_is_known_by_its_commit(settings: Settings) -> None:
    folder = settings.models_path / "someone--tiny"
    notes = folder / ".cache" / "huggingface" / "download"
    notes.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (notes / "config.json.metadata").write_text(f"{COMMIT}\netag\n1700000000.0\n")

    assert hub.revision_of(NAME, settings) == COMMIT


def test_before_it_is_fetched_a_models_commit_is_that_of_the_table(settings: Settings) -> None:
    assert (
        hub.revision_of("openai/clip-vit-base-patch32", settings) == HUB_CARDS["openai/clip-vit-base-patch32"].revision
    )
    assert hub.revision_of(NAME, settings) == ""
    assert hub.revision_of(f"{NAME}@{COMMIT}", settings) == COMMIT


def test_the_parts_say_how_far_a_model_is(
    settings: Settings, served: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_clip(tmp_path / "clip")
    files = {file.replace("model.", "weights."): (folder / file).read_bytes() for file in files_of(folder)}
    served.files = {**files, "model.safetensors": files.pop("weights.safetensors")}
    parts = Parts(settings.model_copy(update={"image_encoder": f"clip:{NAME}", "text_encoder": "hashing"}))
    seen: list[str] = []
    before = Parts._set
    monkeypatch.setattr(Parts, "_set", lambda self, name, state: (seen.append(state.detail), before(self, name, state)))
    [encoder] = [role.encoder for role in parts.roles if role.name == "image"]

    parts._load("image", parts._parts["image"])

    [state] = [state for state in parts.states() if state.part == "image"]
    assert (state.state, state.detail) == ("ready", "")
    assert "Fetching its weights: 0%." in seen and "Fetching its weights: 100%." in seen
    assert encoder.space.revision == f"{COMMIT[:16]}.1" and encoder.space.dim == 24
    assert encoder.encode_query(Query(text="rain")).shape == (24,)


@pytest.mark.parametrize("file", ["../../up.json", "/tmp/up.json", "a/../../b.json", "C:\\b.json", "a//b.json"])
def test_a_file_outside_the_folder_is_never_written(file: str) -> None:
    from mmchat.models.fetching import _stays_inside

    assert not _stays_inside(file)
    assert _stays_inside("onnx/model.json")
