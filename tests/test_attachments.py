from __future__ import annotations

import io
import struct
import wave
import zipfile
import zlib

import pytest
from PIL import Image

from mmchat.attachments import clean_name, inspect, plain_text
from mmchat.errors import UnsupportedAttachment
from mmchat.settings import Settings
from mmchat.types import Attachment, Modality, Upload
from tests.make_videos import turned, video, with_cover

FILM = Image.new("RGB", (64, 48), "red")
CLUSTER = b"\x1f\x43\xb6\x75"  # where the pictures of a WebM begin


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def sound(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\0" * int(16_000 * seconds))
    return out.getvalue()


def encoded_sound(kind: str, codec: str, seconds: float = 1.0) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        frame_size = 960
        for n in range(int(seconds * 48_000 / frame_size)):
            frame = av.AudioFrame(format="s16", layout="mono", samples=frame_size)
            frame.sample_rate = 48_000
            frame.pts = n * frame_size
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 100)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def office(folder: str, filler: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", filler)
    return out.getvalue()


@pytest.fixture
def take(settings: Settings):
    def take(name: str, data: bytes, **limits: float) -> Attachment:
        return inspect(Upload(name, data), settings.model_copy(update=limits))

    return take


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_pictures_are_known_by_their_content_whatever_their_name(take, kind: str) -> None:
    attachment = take("notes.txt", picture(kind))

    assert attachment.modality is Modality.IMAGE
    assert attachment.media_type == f"image/{kind.lower()}"
    assert (attachment.width_px, attachment.height_px) == (40, 20)


@pytest.mark.parametrize(
    ("kind", "codec", "media_type"),
    [
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("ipod", "aac", "audio/mp4"),
        ("ogg", "flac", "audio/ogg"),
        ("ogg", "libopus", "audio/ogg; codecs=opus"),
        ("flac", "flac", "audio/flac"),
        ("webm", "libopus", "audio/webm"),
        ("wav", "pcm_s16le", "audio/wav"),
    ],
)
def test_recordings_are_known_and_measured(take, kind: str, codec: str, media_type: str) -> None:
    attachment = take("clip", encoded_sound(kind, codec))

    assert attachment.modality is Modality.AUDIO
    assert attachment.media_type == media_type
    assert attachment.duration_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "text", "media_type"),
    [
        ("a.md", "# Title\n\nSome text.", "text/markdown"),
        ("a.csv", "a,b\n1,2\n", "text/csv"),
        ("a.json", '{"a": 1}', "application/json"),
        ("a.html", "<html><body><p>Hi</p></body></html>", "text/html"),
        ("a.py", "def f():\n    return 1\n", "text/plain"),
        ("x", "hi", "text/plain"),
        ("note.png", "This is a plain note that someone called a picture.", "text/plain"),
    ],
)
def test_kinds_of_text_are_told_apart(take, name: str, text: str, media_type: str) -> None:
    assert take(name, text.encode()).media_type == media_type


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_text_is_read_in_the_encoding_it_is_in(take, encoding: str) -> None:
    words = "L'été dernier, la clé était cachée près du châtaignier. Voilà où chercher désormais."
    data = words.encode(encoding)

    assert take("note.txt", data).modality is Modality.TEXT
    assert plain_text(data) == words


@pytest.mark.parametrize("text", ["ID3 is a tag.", "OggS begins a page.", "BMW makes cars.", "GIF89a is from 1989."])
def test_a_text_that_begins_like_another_format_is_a_text(take, text: str) -> None:
    assert take("note", text.encode()).media_type == "text/plain"


def test_a_pdf_with_other_bytes_before_it_is_a_pdf(take) -> None:
    assert take("mail.bin", b"Content-Type: application/pdf\n\n" + pdf(1)).media_type == "application/pdf"


def test_a_turned_photo_is_measured_upright(take) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    attachment = take("photo.jpg", picture("JPEG", exif=exif))

    assert (attachment.width_px, attachment.height_px) == (20, 40)


def test_office_files_are_told_by_their_parts(take) -> None:
    kinds = {folder: take("file.zip", office(folder)).media_type for folder in ("word", "ppt", "xl")}

    assert [kind.rsplit(".", 1)[-1] for kind in kinds.values()] == ["document", "presentation", "sheet"]


def test_pages_of_a_pdf_are_counted(take) -> None:
    attachment = take("scan", pdf(3))

    assert (attachment.media_type, attachment.pages) == ("application/pdf", 3)


def test_the_end_of_a_cut_off_recording_is_where_its_sound_ends(take) -> None:
    whole = encoded_sound("mp3", "libmp3lame", 4.0)

    attachment = take("cut.mp3", whole[: len(whole) // 2])

    assert attachment.duration_s == pytest.approx(2.0, abs=0.5)


def test_an_ogg_file_that_ends_inside_its_last_packet_is_not_a_thousand_minutes_long(take) -> None:
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("vorbis", rate=16_000, layout="stereo", options={"strict": "-2"})
        hum = np.sin(np.arange(16_000) / 10).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([hum, hum]), format="fltp", layout="stereo")
        frame.sample_rate = 16_000
        container.mux([*stream.encode(frame), *stream.encode(None)])

    attachment = take("hum.ogg", out.getvalue())

    assert attachment.duration_s == pytest.approx(1.0, abs=0.1)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing: what a bomb looks like before it is unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def locked_pdf() -> bytes:
    """The smallest PDF that says it is encrypted with a key nobody has."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"4 0 obj<</Filter/Standard/V 1/R 2/O(" + b"a" * 32 + b")/U(" + b"b" * 32 + b")/P -4>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[(x)(x)]>>\n%%EOF"
    )


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.txt", b"", "empty.txt is empty"),
        ("cut.bmp", picture("BMP")[:60], "cut.bmp is a damaged or cut-off picture"),
        ("cut.tiff", b"II*\0 hmm", "cut.tiff is a damaged or cut-off picture"),
        ("cut.png", picture()[:60], "cut.png is a damaged or cut-off picture"),
        ("cut.jpg", picture("JPEG", (400, 300))[:400], "cut.jpg is a damaged or cut-off picture"),
        ("bomb.png", png_header(60_000, 60_000), "bomb.png has 3600 megapixels; a picture may have at most 80"),
        ("nothing.wav", sound(0), "nothing.wav is a recording of 0 seconds"),
        ("noise.mp3", b"ID3" + bytes(range(256)) * 4, "noise.mp3 is a damaged or cut-off recording"),
        ("locked.pdf", locked_pdf(), "locked.pdf is locked with a password"),
        ("broken.pdf", b"%PDF-1.7\nnothing more", "broken.pdf is a damaged or cut-off PDF"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc is an office file with a password or"),
        ("cut.docx", office("word")[:80], "cut.docx is a damaged or cut-off office or zip file"),
        ("bomb.docx", office("word", b"\0" * 501_000_000), "bomb.docx unpacks to 501 MB"),
        ("files.zip", office("other"), "files.zip is a zip archive"),
        ("program.bin", bytes(range(256)) * 50, "program.bin is of no known kind, which cannot be read. Accepted are"),
        ("photo.heic", b"\0\0\0\x18ftypheic" + b"\0" * 100, "photo.heic is a HEIC or AVIF picture"),
    ],
)
def test_each_bad_file_gets_a_sentence_that_says_what_to_do(take, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(UnsupportedAttachment) as refusal:
        take(name, data)

    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("mp4", "video/mp4"),
        ("mov", "video/quicktime"),
        ("matroska", "video/x-matroska"),
        ("webm", "video/webm"),
    ],
)
def test_videos_are_known_and_measured_with_and_without_sound(take, kind: str, media_type: str) -> None:
    silent = take("clip", video([(FILM, 1.0)], kind=kind))
    spoken = take("clip", video([(FILM, 1.0)], sound(2.0), kind=kind))

    assert (silent.modality, silent.media_type) == (spoken.modality, spoken.media_type) == (Modality.VIDEO, media_type)
    assert (silent.width_px, silent.height_px) == (64, 48)
    assert silent.duration_s == pytest.approx(1.0, abs=0.1)
    assert spoken.duration_s == pytest.approx(2.0, abs=0.1)


def test_a_turned_video_is_measured_upright(take) -> None:
    attachment = take("phone.mp4", turned(video([(FILM, 0.5)])))

    assert (attachment.width_px, attachment.height_px) == (48, 64)


def test_a_recording_with_a_cover_is_no_video(take) -> None:
    assert take("song.m4a", with_cover(encoded_sound("ipod", "aac"))).modality is Modality.AUDIO


def test_broken_videos_say_so_in_one_sentence(take) -> None:
    whole, film = video([(FILM, 2.0)]), video([(FILM, 2.0)], kind="webm")
    for data, said in (
        (whole[: len(whole) // 2], "clip.mp4 is a damaged or cut-off recording or video. Give a whole copy."),
        (film[: film.index(CLUSTER) + 20], "clip.mp4 is a video without a single picture. Give a whole copy."),
    ):
        with pytest.raises(UnsupportedAttachment) as refusal:
            take("clip.mp4", data)
        assert str(refusal.value) == said
    with pytest.raises(UnsupportedAttachment, match="lasts 2 minutes; a video may last at most 1. .*MAX_VIDEO_MINUTES"):
        take("long.mp4", video([(FILM, 120.0)], fps=1), max_video_minutes=1)
    with pytest.raises(UnsupportedAttachment, match="a video may be at most .*MMCHAT_MAX_VIDEO_MB"):
        take("big.mp4", whole, max_video_mb=0.001)


def test_a_codec_that_is_not_known_is_told_with_what_to_do(take) -> None:
    film, spoken = video([(FILM, 1.0)], kind="webm"), encoded_sound("webm", "libopus")

    with pytest.raises(UnsupportedAttachment, match="film.webm has pictures of a kind that is not known here. Save it"):
        take("film.webm", film.replace(b"V_VP8", b"V_XP8"))
    with pytest.raises(UnsupportedAttachment, match="memo.webm is a recording of a kind that is not known here. Save"):
        take("memo.webm", spoken.replace(b"A_OPUS", b"A_XPUS"))


def test_limits_name_the_size_the_limit_and_the_setting(take) -> None:
    with pytest.raises(UnsupportedAttachment, match="long.wav lasts 2 minutes.*at most 1.*MMCHAT_MAX_AUDIO_MINUTES"):
        take("long.wav", sound(120), max_audio_minutes=1)
    with pytest.raises(UnsupportedAttachment, match="big.txt is 2 MB; a text file may be at most 1 MB.*MAX_TEXT_MB"):
        take("big.txt", b"word " * 400_000, max_text_mb=1)
    with pytest.raises(UnsupportedAttachment, match="book.pdf has 3 pages.*at most 2.*MMCHAT_MAX_PAGES"):
        take("book.pdf", pdf(3), max_pages=2)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00b\nc.txt", "abc.txt"),
        ("", "unnamed"),
        ("...", "unnamed"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("日本語.png", "日本語.png"),
    ],
)
def test_names_are_made_safe_to_show(given: str, shown: str) -> None:
    assert clean_name(given) == shown


def test_a_very_long_name_keeps_its_ending() -> None:
    name = clean_name("x" * 500 + ".png")

    assert len(name) <= 120
    assert name.endswith(".png")


def test_the_same_bytes_have_the_same_id(take) -> None:
    assert take("a.png", picture()).id == take("b.png", picture()).id != take("a.png", picture(size=(41, 20))).id
