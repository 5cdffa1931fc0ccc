"""Bytes leave through /media alone, to their owner alone, and never as something that runs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mmchat.server.guard import Guard
from mmchat.server.identity import PLAIN_COOKIE, library_of, new_token
from mmchat.server.media import Media, shown_as
from mmchat.server.renditions import MAX_EDGE_PX, Renditions
from mmchat.server.uploads import UploadOwners
from tests.make_videos import video
from tests.scripted_assistant import ScriptedAssistant, expenses_pdf, memo_wav, receipt_png

FILM = video([(Image.new("RGB", (64, 48), "red"), 1.0), (Image.new("RGB", (64, 48), "blue"), 1.0)])
HOSTILE_NAME = 'a"; filename="x.html\r\nSet-Cookie: x=1 <script>’.png'


@pytest.fixture
def assistant(tmp_path: Path) -> ScriptedAssistant:
    return ScriptedAssistant(tmp_path / "data")


@pytest.fixture
def client(assistant: ScriptedAssistant) -> Iterator[TestClient]:
    media = Media(assistant, Renditions())
    app = Starlette(routes=media.routes(), middleware=[Middleware(Guard, owners=UploadOwners())])
    with TestClient(app, cookies={PLAIN_COOKIE: new_token()}) as client:
        yield client


def library(client: TestClient) -> str:
    return library_of(client.cookies) or ""


def test_the_owner_gets_the_original_and_any_part_of_it(client: TestClient, assistant: ScriptedAssistant) -> None:
    memo = memo_wav(2)
    id = assistant.put(library(client), "memo.wav", memo).id

    whole = client.get(f"/media/{id}")
    part = client.get(f"/media/{id}", headers={"range": "bytes=100-199"})

    assert whole.content == memo
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-disposition"] == 'inline; filename="memo.wav"'
    assert whole.headers["cache-control"].startswith("private")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert part.status_code == 206
    assert part.content == memo[100:200]


@pytest.mark.parametrize("path", ["", "/picture", "/page/1", "/frame/0"])
def test_everyone_else_is_told_there_is_nothing(client: TestClient, assistant: ScriptedAssistant, path: str) -> None:
    for name, data in (("receipt.png", receipt_png()), ("expenses.pdf", expenses_pdf()), ("film.mp4", FILM)):
        id = assistant.put("someone-else", name, data).id

        response = client.get(f"/media/{id}{path}")

        assert response.status_code == 404
        assert "no such file" in response.json()["error"]
    client.cookies.clear()
    assert client.get(f"/media/{id}{path}").status_code == 404


def test_a_video_gives_its_frames_to_its_owner(client: TestClient, assistant: ScriptedAssistant) -> None:
    id = assistant.put(library(client), "film.mp4", FILM).id

    frames = [client.get(f"/media/{id}/frame/{ms}") for ms in (0, 1500)]
    shown = [Image.open(io.BytesIO(frame.content)).resize((1, 1)).getpixel((0, 0)) for frame in frames]

    assert {frame.headers["content-type"] for frame in frames} == {"image/jpeg"}
    assert frames[0].headers["cache-control"].startswith("private")
    assert shown[0][0] > 200 > 60 > shown[0][2]
    assert shown[1][2] > 200 > 60 > shown[1][0]
    assert client.get(f"/media/{id}/frame/31000").status_code == 404  # after its end
    assert client.get(f"/media/{id}/frame/-1").status_code == 404
    note = assistant.put(library(client), "note.txt", b"words").id
    assert client.get(f"/media/{note}/frame/0").status_code == 404


@pytest.mark.parametrize("id", ["0" * 64, "..%2f..%2fetc%2fpasswd", "%00", "a'b"])
def test_an_unknown_or_odd_id_is_nothing(client: TestClient, id: str) -> None:
    assert client.get(f"/media/{id}").status_code == 404


@pytest.mark.parametrize(
    ("name", "media_type", "shown", "disposition"),
    [
        ("page.html", "text/html", "text/plain; charset=utf-8", "inline"),
        ("x.svg", "image/svg+xml", "text/plain; charset=utf-8", "inline"),
        ("x.xml", "application/xhtml+xml", "application/octet-stream", "attachment"),
        ("x.bin", "application/octet-stream", "application/octet-stream", "attachment"),
        ("x.docx", "application/vnd.openxmlformats-officedocument", "application/octet-stream", "attachment"),
        ("x.json", "application/json", "text/plain; charset=utf-8", "inline"),
    ],
)
def test_nothing_is_served_as_a_type_that_runs(
    client: TestClient, assistant: ScriptedAssistant, name: str, media_type: str, shown: str, disposition: str
) -> None:
    id = assistant.put(library(client), name, b"<svg onload=alert(1)>", media_type=media_type).id

    response = client.get(f"/media/{id}")

    assert response.headers["content-type"] == shown
    assert response.headers["content-disposition"].startswith(disposition)
    assert "sandbox" in response.headers["content-security-policy"]


def test_a_picture_type_that_could_hold_a_script_is_never_inline() -> None:
    from factories import an_attachment

    assert shown_as(an_attachment("x.svg", media_type="image/svg+xml"))[0].startswith("text/plain")
    assert shown_as(an_attachment("x.tiff", media_type="image/tiff")) == ("application/octet-stream", False)


def test_a_hostile_name_stays_inside_its_header(client: TestClient, assistant: ScriptedAssistant) -> None:
    id = assistant.put(library(client), HOSTILE_NAME, receipt_png()).id

    response = client.get(f"/media/{id}")

    assert "x" not in response.cookies
    assert response.headers["content-disposition"].startswith("inline; filename*=utf-8''a%22")
    assert "\n" not in response.headers["content-disposition"]


def test_a_small_picture_is_shown_as_it_is(client: TestClient, assistant: ScriptedAssistant) -> None:
    png = receipt_png()
    id = assistant.put(library(client), "receipt.png", png).id

    assert client.get(f"/media/{id}/picture").content == png


def test_a_large_tiff_becomes_a_picture_that_browsers_show(client: TestClient, assistant: ScriptedAssistant) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3000, 1000), (255, 0, 0, 0)).save(out, "TIFF")
    id = assistant.put(library(client), "scan.tiff", out.getvalue()).id

    response = client.get(f"/media/{id}/picture")

    with Image.open(io.BytesIO(response.content)) as shown:
        assert shown.format == "JPEG"
        assert shown.size == (MAX_EDGE_PX, 667)
        assert min(shown.getpixel((5, 5))) > 250  # what was transparent lies on white


def test_a_turned_photograph_is_shown_upright(client: TestClient, assistant: ScriptedAssistant) -> None:
    image = Image.new("RGB", (80, 40), "white")
    image.paste((255, 0, 0), (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    id = assistant.put(library(client), "photo.jpg", out.getvalue()).id

    response = client.get(f"/media/{id}/picture")

    with Image.open(io.BytesIO(response.content)) as shown:
        assert shown.size == (40, 80)
        red, green, _ = shown.getpixel((20, 10))
        assert red > 200 and green < 60


def test_a_damaged_picture_is_not_found_rather_than_an_error(client: TestClient, assistant: ScriptedAssistant) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "BMP")
    picture = assistant.put(library(client), "x.bmp", out.getvalue())
    path, _ = assistant.original(library(client), picture.id) or (None, None)
    assert path is not None
    path.write_bytes(out.getvalue()[:100])

    assert client.get(f"/media/{picture.id}/picture").status_code == 404


def test_pages_of_a_pdf_are_drawn_and_counted(client: TestClient, assistant: ScriptedAssistant) -> None:
    id = assistant.put(library(client), "expenses.pdf", expenses_pdf()).id

    page = client.get(f"/media/{id}/page/2")

    with Image.open(io.BytesIO(page.content)) as shown:
        assert shown.format == "PNG"
        assert min(shown.size) > 1000
    assert client.get(f"/media/{id}/page/3").status_code == 404
    assert client.get(f"/media/{id}/page/0").status_code == 404
    assert client.get(f"/media/{id}/page/x").status_code == 404


def test_a_deleted_file_is_gone_at_once(client: TestClient, assistant: ScriptedAssistant) -> None:
    id = assistant.put(library(client), "receipt.png", receipt_png()).id
    assert client.get(f"/media/{id}").status_code == 200

    assistant.delete_attachment(library(client), id)

    assert client.get(f"/media/{id}").status_code == 404
    assert client.get(f"/media/{id}/picture").status_code == 404
