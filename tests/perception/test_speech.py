from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mmchat import models
from mmchat.errors import ModelUnavailable, SettingsError, UnknownBackend
from mmchat.perception.sound_file import decode_sound
from mmchat.perception.speech import (
    SpeechRecognizer,
    SpokenWord,
    Transcript,
    Utterance,
    is_believable,
    is_loop,
    part_by_words,
)
from mmchat.perception.speech_windows import JOINT_S, WINDOW_S, Stretch, pack
from mmchat.perception.spoken_language import LanguageVote, choose_languages
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Waveform
from tests.make_files import Recording, recording

ENGLISH = ["The meeting is on Thursday at half past nine.", "Please bring the signed contract with you."]
FRENCH = ["La réunion aura lieu jeudi matin à neuf heures.", "Merci de bien vouloir apporter le contrat signé."]


@pytest.fixture(scope="module")
def recogniser(models_dir: Path) -> SpeechRecognizer:
    return SpeechRecognizer(Settings(models_dir=models_dir, threads=2))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return recording(ENGLISH, tmp_path_factory.mktemp("spoken"))


@pytest.fixture(scope="module")
def transcript(recogniser: SpeechRecognizer, spoken: Recording) -> Transcript:
    return recogniser.transcribe(decode_sound(spoken.data))


@pytest.mark.model
def test_what_is_said_is_written_down_in_its_language(transcript: Transcript) -> None:
    assert transcript.language == "en"
    text = transcript.text.lower()
    assert "thursday" in text and "contract" in text


@pytest.mark.model
def test_words_have_the_seconds_at_which_they_are_spoken(transcript: Transcript, spoken: Recording) -> None:
    words = {w.text.strip(" .,").lower(): w for u in transcript.utterances for w in u.words}
    first, second = (spoken.sentences[sentence] for sentence in ENGLISH)

    assert first[0] - 0.3 <= words["thursday"].start_s < words["thursday"].end_s <= first[1] + 0.3
    assert second[0] - 0.3 <= words["contract"].start_s < words["contract"].end_s <= second[1] + 0.3
    times = [w.start_s for u in transcript.utterances for w in u.words]
    assert times == sorted(times)


@pytest.mark.model
def test_two_languages_in_one_recording_are_told_apart(
    recogniser: SpeechRecognizer, spoken: Recording, tmp_path: Path
) -> None:
    french = decode_sound(recording(FRENCH * 2, tmp_path, voice="fr").data)
    pause = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    english = decode_sound(spoken.data)
    both = np.concatenate([english, english, english, pause, french, french])
    fractions: list[float] = []

    heard = recogniser.transcribe(both, fractions.append)

    assert {u.language for u in heard.utterances} == {"en", "fr"}
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1.0)
    assert any("contrat" in u.text.lower() for u in heard.utterances if u.language == "fr")


def noises() -> dict[str, Waveform]:
    random = np.random.default_rng(0)
    seconds = np.arange(8 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    return {
        "silence": np.zeros(8 * SAMPLE_RATE_HZ, np.float32),
        "hiss": (0.05 * random.standard_normal(len(seconds))).astype(np.float32),
        "hum": (0.3 * np.sin(2 * np.pi * 50 * seconds)).astype(np.float32),
        "beeps": (0.3 * np.sin(2 * np.pi * 880 * seconds) * (seconds % 1 < 0.3)).astype(np.float32),
        "a single sample": np.zeros(1, np.float32),
    }


@pytest.mark.model
@pytest.mark.parametrize("kind", noises())
def test_no_words_are_invented_where_nobody_speaks(kind: str, recogniser: SpeechRecognizer) -> None:
    assert recogniser.transcribe(noises()[kind]) == Transcript("", (), ())


@pytest.mark.model
def test_progress_may_stop_the_work(recogniser: SpeechRecognizer, spoken: Recording) -> None:
    def stop(fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recogniser.transcribe(decode_sound(spoken.data), stop)


@pytest.mark.model
def test_a_language_that_is_given_is_not_guessed(
    settings: Settings, spoken: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("mmchat.perception.speech._vote")
    told = SpeechRecognizer.from_settings(settings.model_copy(update={"speech_language": "en"}))

    heard = told.transcribe(decode_sound(spoken.data))

    assert heard.language == "en"
    assert "thursday" in heard.text.lower()


@pytest.mark.model
def test_a_language_the_model_does_not_know_is_named(settings: Settings) -> None:
    told = SpeechRecognizer.from_settings(settings.model_copy(update={"speech_language": "xx"}))

    with pytest.raises(SettingsError, match="MMCHAT_SPEECH_LANGUAGE.*'xx'.*en, fr"):
        told.load()


def test_an_unknown_speech_model_is_named(settings: Settings) -> None:
    with pytest.raises(UnknownBackend, match="'parrot'.*whisper-base"):
        SpeechRecognizer.from_settings(settings.model_copy(update={"speech": "parrot"}))


def own_folder(models_dir: Path) -> Path:
    return models.directory("whisper-base", models_dir)


@pytest.mark.model
def test_a_folder_of_ones_own_is_a_speech_model(settings: Settings, models_dir: Path, spoken: Recording) -> None:
    other = settings.model_copy(update={"speech": str(own_folder(models_dir)), "speech_language": "en"})

    heard = SpeechRecognizer(other).transcribe(decode_sound(spoken.data))

    assert "thursday" in heard.text.lower()


@pytest.mark.model
def test_what_is_said_may_be_translated_to_english(settings: Settings, spoken: Recording) -> None:
    told_french = settings.model_copy(update={"speech_language": "fr"})
    waveform = decode_sound(spoken.data)

    written = SpeechRecognizer(told_french).transcribe(waveform)
    translated = SpeechRecognizer(told_french.model_copy(update={"speech_task": "translate"})).transcribe(waveform)

    assert translated.language == "en"
    assert {"bring", "contract"} <= set(translated.text.lower().strip(".").split())
    assert written.text != translated.text


@pytest.mark.parametrize("size", ["large-v3-turbo", "small.en"])
def test_a_model_that_cannot_translate_is_not_asked_to(settings: Settings, size: str) -> None:
    with pytest.raises(SettingsError, match=f"{size} was not trained to translate.*MMCHAT_SPEECH=large-v3"):
        SpeechRecognizer(settings.model_copy(update={"speech": size, "speech_task": "translate"}))


def test_a_size_that_is_not_here_is_the_line_that_fetches_it(settings: Settings, tmp_path: Path) -> None:
    chosen = settings.model_copy(update={"speech": "large-v3-turbo", "models_dir": tmp_path})

    with pytest.raises(ModelUnavailable) as raised:
        SpeechRecognizer(chosen).load()
    name = "dropbox-dash/faster-whisper-large-v3-turbo"
    line = f"hf download {name} --revision 0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf --local-dir "
    assert line + str(tmp_path / name.replace("/", "--")) in str(raised.value)


def test_a_folder_without_a_speech_model_is_a_sentence(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")

    with pytest.raises(ModelUnavailable, match=r"holds no speech model.*no model\.bin"):
        SpeechRecognizer(settings.model_copy(update={"speech": str(tmp_path)})).load()


def seconds(start_s: float, end_s: float) -> Stretch:
    return Stretch(int(start_s * SAMPLE_RATE_HZ), int(end_s * SAMPLE_RATE_HZ))


def test_stretches_share_a_window_while_they_fit() -> None:
    windows = list(pack([seconds(0, 8), seconds(9, 17), seconds(18, 30), seconds(31, 40)]))

    assert [len(window.stretches) for window in windows] == [3, 1]
    silence = np.zeros(40 * SAMPLE_RATE_HZ, np.float32)
    assert all(len(window.audio(silence)) <= WINDOW_S * SAMPLE_RATE_HZ for window in windows)


def test_a_window_half_full_ends_at_a_long_pause() -> None:
    windows = list(pack([seconds(0, 14), seconds(20, 25)]))

    assert [len(window.stretches) for window in windows] == [1, 1]


def test_seconds_in_a_window_are_placed_in_the_recording() -> None:
    (window,) = pack([seconds(10, 12), seconds(13, 15)])

    assert window.place(0.5, 1.0) == pytest.approx((10.5, 11.0))
    assert window.place(2.9, 3.4) == pytest.approx((13.5, 14.0))  # after 2 s of speech and 0.4 s of joint
    assert window.place(1.8, 2.6) == pytest.approx((13.0, 13.2))  # it ends in the second stretch
    assert window.place(1.8, 2.3) == pytest.approx((11.8, 12.0))  # it ends in the joint


def test_the_samples_of_a_window_are_its_stretches_joined() -> None:
    waveform = np.arange(SAMPLE_RATE_HZ * 4, dtype=np.float32)
    (window,) = pack([Stretch(10, 20), Stretch(30, 33)])

    joint = [0.0] * int(JOINT_S * SAMPLE_RATE_HZ)
    assert window.audio(waveform).tolist() == [*range(10, 20), *joint, *range(30, 33)]
    assert window.samples == 13


def test_a_stretch_without_a_believable_word_is_unclear() -> None:
    heard_in, not_heard_in = seconds(10, 12), seconds(13, 15)
    words = (SpokenWord(" Thursday", 10.2, 10.9), SpokenWord(" morning", 11.0, 11.6))

    spoken, unclear = part_by_words(list(pack([heard_in, not_heard_in])), [Utterance(words, "en")])

    assert (spoken, unclear) == ((heard_in,), (not_heard_in,))


def test_a_doubtful_window_takes_the_language_of_the_rest() -> None:
    votes = [LanguageVote(25, {"fr": 0.95, "en": 0.03}), LanguageVote(6, {"nn": 0.4, "fr": 0.35})]

    assert choose_languages(votes) == ["fr", "fr"]


def test_a_clear_window_may_be_in_another_language() -> None:
    votes = [LanguageVote(25, {"fr": 0.95, "en": 0.03}), LanguageVote(20, {"en": 0.9, "fr": 0.05})]

    assert choose_languages(votes) == ["fr", "en"]


def test_a_word_alone_is_more_likely_in_a_language_of_the_page() -> None:
    assert choose_languages([LanguageVote(0.8, {"hi": 0.5, "en": 0.3})]) == ["en"]
    assert choose_languages([LanguageVote(8.0, {"hi": 0.5, "en": 0.3})]) == ["hi"]


def heard(text: str, log_probability: float = -0.3, compression: float = 1.2) -> SimpleNamespace:
    return SimpleNamespace(text=text, avg_logprob=log_probability, compression_ratio=compression)


@pytest.mark.parametrize(
    "segment, believed",
    [
        (heard(" Bring the contract.", -0.9), True),
        (heard(" Bring the contract.", -1.1), False),
        (heard(" Thank you.", -0.8), False),
        (heard(" Thank you.", -0.2), True),
        (heard(" I'm sorry.", -0.9), False),
        (heard(" I'm sorry to hear that.", -0.9), True),
    ],
)
def test_what_whisper_doubts_is_not_believed(segment: SimpleNamespace, believed: bool) -> None:
    assert is_believable(segment) is believed


def test_a_decoder_going_in_circles_is_told_from_a_speaker_who_repeats_himself() -> None:
    text = " and so on" * 40

    assert is_loop([heard(text, compression=12)], seconds=4.0)
    assert not is_loop([heard(text, compression=12)], seconds=25.0)
    assert not is_loop([heard(" Something quite different." * 2, compression=1.3)], seconds=1.0)
