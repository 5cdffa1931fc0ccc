from __future__ import annotations

from pathlib import Path

import pytest

from mmchat import profile_vlm
from mmchat.errors import SettingsError
from mmchat.models.hub_cards import HUB_CARDS
from mmchat.perception.speech import SIZES
from mmchat.settings import AUTO, PROFILES, Settings, load_settings


def test_the_environment_is_read_and_arguments_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MMCHAT_EVIDENCE", "3")
    monkeypatch.setenv("MMCHAT_DATA_DIR", "/nowhere")

    settings = load_settings(data_dir=tmp_path)

    assert settings.evidence == 3
    assert settings.data_dir == tmp_path
    assert settings.models_path == tmp_path / "models"


def test_a_mistyped_setting_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMCHAT_EVIDENSE", "3")

    with pytest.raises(SettingsError, match="MMCHAT_EVIDENSE.*Known settings: .*MMCHAT_EVIDENCE"):
        load_settings()


def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMCHAT_MAX_AUDIO_MB", "lots")

    with pytest.raises(SettingsError, match="MMCHAT_MAX_AUDIO_MB"):
        load_settings()


def test_the_readme_says_of_every_setting_what_the_code_says() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")

    for name, setting in Settings.model_fields.items():
        row = next((line for line in readme.splitlines() if line.startswith(f"| `MMCHAT_{name.upper()}` |")), "")
        assert row.endswith(f"| {setting.description} |"), f"README.md says nothing or something else of {name}"


def test_a_profile_is_what_a_person_did_not_choose_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMCHAT_PROFILE", "hub")
    monkeypatch.setenv("MMCHAT_IMAGE_ENCODER", "clip")

    settings = load_settings(speech="whisper-base")

    assert settings.text_encoder.startswith("sentence-transformers:")
    assert settings.sound_encoder.startswith("clap:")
    assert (settings.image_encoder, settings.speech) == ("clip", "whisper-base")


def test_without_a_profile_everything_is_bundled() -> None:
    settings = load_settings()

    assert (settings.profile, settings.text_encoder, settings.image_encoder) == (
        "bundled",
        "e5-small",
        "image-concepts",
    )
    with pytest.raises(SettingsError, match="MMCHAT_PROFILE.*'bundled' or 'hub'"):
        load_settings(profile="cloud")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_model_that_a_profile_names_is_one_we_can_speak_of(profile: str) -> None:
    for part, named in PROFILES[profile].items():
        if named == AUTO:
            assert profile_vlm.MODEL in HUB_CARDS
            continue
        kind, _, model = named.partition(":")
        assert model in HUB_CARDS if part != "speech" else SIZES[kind] in HUB_CARDS
