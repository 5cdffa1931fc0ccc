from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.speech import SpokenWord, Transcript, Utterance
from mmchat.perception.speech_windows import Stretch
from mmchat.segmenters import create_segmenter
from mmchat.segmenters.audio import AudioSegmenter
from mmchat.segmenters.sound_windows import sound_windows
from mmchat.segmenters.spoken_passages import LEAST_S, MOST_S, spoken_passages
from mmchat.settings import Settings
from mmchat.types import (
    SAMPLE_RATE_HZ,
    Attachment,
    JobState,
    Locator,
    Modality,
    Remark,
    SegmentInput,
    SegmentKind,
    Waveform,
)
from tests.factories import a_segment, an_attachment
from tests.make_files import recording


def write_wav(path: Path, waveform: Waveform) -> Path:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((waveform * 32767).astype("<i2").tobytes())
    return path


def listen(segmenter: AudioSegmenter, path: Path) -> tuple[list[SegmentInput], list[tuple[JobState, float]]]:
    attachment = Attachment("f" * 64, path.name, path.name, "audio/wav", Modality.AUDIO, path.stat().st_size)
    steps: list[tuple[JobState, float]] = []
    found = list(segmenter.segment(attachment, path, lambda *step: steps.append(step)))
    return [each for each in found if isinstance(each, SegmentInput)], steps


@pytest.fixture
def segmenter(settings: Settings) -> AudioSegmenter:
    return create_segmenter("audio", settings.model_copy(update={"threads": 2}))


def music(start_s: float, seconds: float) -> Waveform:
    """A stretch of the saxophone that Gradio ships as an example."""
    from mmchat.perception.sound_file import decode_sound

    (folder,) = find_spec("gradio").submodule_search_locations  # found without importing it
    saxophone = decode_sound(Path(folder) / "media_assets" / "audio" / "sax.wav")
    return saxophone[int(start_s * SAMPLE_RATE_HZ) : int((start_s + seconds) * SAMPLE_RATE_HZ)]


@pytest.mark.model
def test_speech_between_music_is_told_from_it_with_exact_seconds(segmenter: AudioSegmenter, tmp_path: Path) -> None:
    from mmchat.perception.sound_file import decode_sound

    sentence = "The parcel from Lisbon arrives on the second of March."
    words = decode_sound(recording([sentence], tmp_path, pause_s=1.0).data)
    path = write_wav(
        tmp_path / "both.wav", np.concatenate([music(0, 8), words, np.zeros(16_000, np.float32), music(8, 6)])
    )

    found, steps = listen(segmenter, path)

    kinds = [each.segment.kind for each in found]
    assert kinds == [SegmentKind.SOUND, SegmentKind.TRANSCRIPT, SegmentKind.SOUND]
    said = found[1].segment
    assert said.language == "en" and "lisbon" in said.text.lower()
    at = said.text.lower().index("lisbon")
    place = said.locate(at, at + 6)
    assert 9.0 <= place.start_s < place.end_s <= 9.0 + len(words) / SAMPLE_RATE_HZ
    assert all(said.text[p.char_start : p.char_end].strip() for p in said.places)
    first = found[0]
    assert first.segment.locator.start_s == 0.0
    assert len(first.waveform) == pytest.approx(8 * SAMPLE_RATE_HZ, abs=0.6 * SAMPLE_RATE_HZ)
    assert [each.segment.ordinal for each in found] == [0, 1, 2]
    assert steps[-1] == (JobState.PERCEIVING, 1.0) and (JobState.READING, 1.0) in steps


@pytest.mark.model
def test_the_same_recording_gives_the_same_segments(segmenter: AudioSegmenter, tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    path.write_bytes(recording(["Call the dentist on Monday morning."], tmp_path).data)

    once, _ = listen(segmenter, path)
    again, _ = listen(segmenter, path)

    assert [each.segment for each in once] == [each.segment for each in again]
    assert len(once) == 1


@pytest.mark.model
def test_a_short_clip_without_speech_is_one_sound(segmenter: AudioSegmenter, tmp_path: Path) -> None:
    found, _ = listen(segmenter, write_wav(tmp_path / "sax.wav", music(0, 4)))

    (only,) = found
    assert only.segment.kind is SegmentKind.SOUND
    assert only.segment.text == "" and only.segment.locator.end_s == pytest.approx(4.0)
    assert len(only.waveform) == 4 * SAMPLE_RATE_HZ


@pytest.mark.model
def test_silence_gives_no_segment(segmenter: AudioSegmenter, tmp_path: Path) -> None:
    found, _ = listen(segmenter, write_wav(tmp_path / "silence.wav", np.zeros(5 * SAMPLE_RATE_HZ, np.float32)))

    assert found == []


def test_a_recording_over_the_limit_is_refused(settings: Settings, tmp_path: Path) -> None:
    short = create_segmenter("audio", settings.model_copy(update={"max_audio_minutes": 0.05}))
    path = write_wav(tmp_path / "long.wav", np.zeros(5 * SAMPLE_RATE_HZ, np.float32))

    with pytest.raises(UnsupportedAttachment, match="MMCHAT_MAX_AUDIO_MINUTES"):
        listen(short, path)


def utterance(text: str, start_s: float, seconds_a_word: float = 0.5, language: str = "en") -> Utterance:
    words = [
        SpokenWord(f" {word}", start_s + n * seconds_a_word, start_s + (n + 1) * seconds_a_word)
        for n, word in enumerate(text.split())
    ]
    return Utterance(tuple(words), language)


def test_sentences_join_to_passages_of_twenty_to_forty_seconds() -> None:
    utterances = [utterance("One two three four five six seven eight nine ten.", n * 6.0) for n in range(20)]

    passages = list(spoken_passages(utterances))

    assert len(passages) > 1
    assert all(LEAST_S <= p.end_s - p.start_s <= MOST_S for p in passages)
    assert all(p.text.endswith("ten.") and p.text.startswith("One") for p in passages)
    assert sum(p.text.count("One") for p in passages) == 20


def test_a_sentence_over_several_utterances_stays_whole() -> None:
    parts = ["The committee agreed", "to move the meeting", "to the following Friday."]

    (passage,) = spoken_passages([utterance(part, n * 3.0) for n, part in enumerate(parts)])

    assert passage.text == "The committee agreed to move the meeting to the following Friday."


def test_every_word_of_a_passage_has_its_span_and_seconds() -> None:
    passages = list(spoken_passages([utterance("Alpha beta gamma. " * 30, 100.0)]))

    for passage in passages:
        words = [passage.text[p.char_start : p.char_end] for p in passage.places]
        assert words == passage.text.split()
    starts = [p.start_s for passage in passages for p in passage.places]
    assert starts == sorted(starts) and starts[0] == 100.0


def test_a_long_pause_and_another_language_begin_new_passages() -> None:
    utterances = [
        utterance("Good morning everyone.", 0.0),
        utterance("After the break.", 30.0),
        utterance("Bonjour à tous.", 33.0, language="fr"),
    ]

    passages = list(spoken_passages(utterances))

    assert [(p.text, p.language) for p in passages] == [
        ("Good morning everyone.", "en"),
        ("After the break.", "en"),
        ("Bonjour à tous.", "fr"),
    ]


def test_a_sentence_without_end_is_cut_between_words() -> None:
    passages = list(spoken_passages([utterance("and then " * 200, 0.0)]))

    assert len(passages) >= 5
    assert all(p.end_s - p.start_s <= MOST_S for p in passages)
    assert " ".join(p.text for p in passages).split() == ("and then " * 200).split()


def test_scripts_without_blanks_get_none() -> None:
    words = (SpokenWord("今日", 0.0, 0.5), SpokenWord("は", 0.5, 0.7), SpokenWord("晴れ", 0.7, 1.2))

    (passage,) = spoken_passages([Utterance(words, "ja")])

    assert passage.text == "今日は晴れ"
    assert [(p.char_start, p.char_end) for p in passage.places] == [(0, 2), (2, 3), (3, 5)]


def noise(seconds: float, level: float = 0.1) -> Waveform:
    return (level * np.random.default_rng(1).standard_normal(int(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def test_long_sounds_are_cut_into_windows_of_five_to_ten_seconds() -> None:
    windows = list(sound_windows(noise(47), ()))

    lengths = [(w.end - w.start) / SAMPLE_RATE_HZ for w in windows]
    assert all(5 <= length <= 10 for length in lengths)
    assert sum(lengths) == pytest.approx(47, abs=0.01)


def test_windows_keep_out_of_speech_and_silence() -> None:
    quiet = np.zeros(20 * SAMPLE_RATE_HZ, np.float32)
    waveform = np.concatenate([noise(12), noise(6), quiet, noise(4)])
    speech = Stretch(12 * SAMPLE_RATE_HZ, 18 * SAMPLE_RATE_HZ)

    windows = [(w.start / SAMPLE_RATE_HZ, w.end / SAMPLE_RATE_HZ) for w in sound_windows(waveform, (speech,))]

    assert windows == [(0, 5.85), (5.85, 11.7), (38, 42)]


def test_a_breath_between_words_is_no_sound() -> None:
    waveform = noise(30)
    speech = (Stretch(0, 14 * SAMPLE_RATE_HZ), Stretch(int(14.8 * SAMPLE_RATE_HZ), 30 * SAMPLE_RATE_HZ))

    assert list(sound_windows(waveform, speech)) == []


def test_a_pause_and_a_capital_begin_a_sentence_where_no_stop_was_written() -> None:
    words = [("Leaves", 1.0, 1.4), (" at", 1.4, 1.6), (" six", 1.6, 2.0), (" Remember", 3.5, 4.0), (" Anna", 4.1, 4.4)]

    [passage] = spoken_passages([Utterance(tuple(SpokenWord(*word) for word in words), "en")])

    assert passage.text == "Leaves at six. Remember Anna"
    assert [passage.text[p.char_start : p.char_end] for p in passage.places][2:4] == ["six.", "Remember"]


def test_speech_that_is_not_understood_is_told_with_its_place(
    segmenter: AudioSegmenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Transcript("", (), (), unclear=(Stretch(62 * SAMPLE_RATE_HZ, 66 * SAMPLE_RATE_HZ),))
    monkeypatch.setattr("mmchat.perception.speech.SpeechRecognizer.transcribe", lambda *_: heard)
    path = write_wav(tmp_path / "murmur.wav", np.zeros(70 * SAMPLE_RATE_HZ, np.float32))
    attachment = Attachment("f" * 64, path.name, path.name, "audio/wav", Modality.AUDIO, path.stat().st_size)

    [remark] = segmenter.segment(attachment, path, lambda *_: None)

    assert isinstance(remark, Remark)
    assert "4 s of murmur.wav sound like speech but could not be understood, first at 1:02" in remark.sentence


def test_sounds_are_cut_out_again_by_their_seconds_without_listening(segmenter: AudioSegmenter, tmp_path: Path) -> None:
    samples = (np.arange(5 * SAMPLE_RATE_HZ, dtype=np.float32) % 100) / 200
    path = write_wav(tmp_path / "tones.wav", samples)
    attachment = an_attachment("tones.wav", modality=Modality.AUDIO, media_type="audio/wav")
    sounds = [
        a_segment(attachment, n, "", kind=SegmentKind.SOUND, locator=Locator(start_s=start, end_s=end))
        for n, (start, end) in enumerate([(0.0, 2.0), (2.5, 5.0), (9.0, 10.0)])
    ]

    again = list(segmenter.media(attachment, path, sounds))

    assert [each.segment for each in again] == sounds[:2]  # the third lies behind the end
    assert [len(each.waveform) for each in again] == [2 * SAMPLE_RATE_HZ, 2.5 * SAMPLE_RATE_HZ]
    np.testing.assert_allclose(again[1].waveform, samples[int(2.5 * SAMPLE_RATE_HZ) :], atol=1e-4)
