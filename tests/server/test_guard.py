"""The guard around everything: identity, same origin, own uploads, headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mmchat.server.guard import Guard
from mmchat.server.identity import HOST_COOKIE, PLAIN_COOKIE, library_of
from mmchat.server.uploads import UploadOwners

HOST = "files.example"


def an_app(owners: UploadOwners, *, embedded: bool = False) -> Starlette:
    async def whose(request: Request) -> Response:
        return PlainTextResponse(library_of(request.cookies) or "nobody")

    async def upload(request: Request) -> Response:
        return JSONResponse(["/tmp/uploads/abc/note.txt"])

    async def said(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async def stream(request: Request) -> Response:
        return StreamingResponse(iter([b"data: 1\n\n", b"data: 2\n\n"]), media_type="text/event-stream")

    routes = [
        Route("/", whose),
        Route("/media/whose", whose),
        Route("/gradio_api/upload", upload, methods=["POST"]),
        Route("/gradio_api/file={path:path}", whose),
        Route("/gradio_api/queue/data", stream),
        Route("/gradio_api/heartbeat/{session}", whose),
        Route("/gradio_api/queue/join", said, methods=["POST"]),
        Route("/gradio_api/run/predict", said, methods=["POST"]),
        Route("/{path:path}", whose, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, owners=owners, embedded=embedded)])


@pytest.fixture
def owners() -> UploadOwners:
    return UploadOwners()


@pytest.fixture
def client(owners: UploadOwners) -> Iterator[TestClient]:
    with TestClient(an_app(owners), base_url=f"http://{HOST}") as client:
        yield client


def test_the_first_page_sets_an_identity_that_scripts_cannot_read(client: TestClient) -> None:
    response = client.get("/")

    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{PLAIN_COOKIE}=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie
    assert response.headers["cache-control"] == "no-store"


def test_the_identity_stays_the_same_over_visits(client: TestClient) -> None:
    client.get("/")
    first = client.get("/media/whose").text

    client.get("/")

    assert len(first) == 32
    assert client.get("/media/whose").text == first


def test_other_paths_set_no_identity(client: TestClient) -> None:
    response = client.get("/media/whose")

    assert "set-cookie" not in response.headers
    assert response.text == "nobody"


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(client: TestClient) -> None:
    cookie = client.get("/", headers={"x-forwarded-proto": "https"}).headers["set-cookie"]

    assert cookie.startswith(f"{HOST_COOKIE}=")
    assert "Secure" in cookie and "SameSite=Lax" in cookie


def test_in_a_space_the_cookie_works_inside_the_frame(owners: UploadOwners) -> None:
    with TestClient(an_app(owners, embedded=True), base_url=f"https://{HOST}") as client:
        response = client.get("/")

    assert "SameSite=None; Secure; Partitioned" in response.headers["set-cookie"]
    assert "https://huggingface.co" in response.headers["content-security-policy"]


def test_a_malformed_cookie_is_replaced_and_a_strange_neighbour_does_no_harm(client: TestClient) -> None:
    forged = client.get("/", headers={"cookie": f"{PLAIN_COOKIE}=short"})
    token = "a" * 43
    beside = client.get("/media/whose", headers={"cookie": f'b@d"=;;x=[1]; {PLAIN_COOKIE}={token}; y="'})

    assert f"{PLAIN_COOKIE}=short" not in forged.headers["set-cookie"]
    assert beside.text == library_of({PLAIN_COOKIE: token})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}.evil.example"},
        {"origin": f"http://{HOST}:8080"},
        {"origin": "http://[broken"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"origin": "https://evil.example", "x-forwarded-host": "evil.example"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_website_is_refused_with_a_sentence(client: TestClient, headers: dict[str, str], method: str) -> None:
    response = client.request(method, "/media/whose", headers=headers)

    assert response.status_code == 403
    assert "another website" in response.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": f"http://{HOST}"},
        {"origin": f"http://{HOST}:80"},
        {"origin": f"https://{HOST}"},  # a proxy in front speaks https, and plain http to us
        {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "origin": f"http://{HOST}"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},  # a link to us
    ],
)
def test_our_own_page_and_plain_clients_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/media/whose", headers=headers).status_code == 200


def test_a_form_posted_by_another_site_is_refused_even_as_a_navigation(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

    assert client.post("/media/whose", headers=headers).status_code == 403


def test_in_a_space_the_proxys_host_counts(owners: UploadOwners) -> None:
    ours = {"origin": "https://me-app.hf.space", "x-forwarded-host": "me-app.hf.space", "sec-fetch-site": "same-origin"}
    framed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    with TestClient(an_app(owners, embedded=True), base_url="http://10.0.0.7:7860") as client:
        assert client.post("/gradio_api/run/predict", headers=ours, json=event("a")).status_code == 200
        assert client.get("/", headers=framed).status_code == 200
        assert client.post("/media/whose", headers={**ours, "origin": "https://evil.example"}).status_code == 403


def test_nothing_can_be_fetched_from_or_sent_to_anywhere_else(client: TestClient) -> None:
    headers = client.get("/").headers

    directives = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    for name in ("default-src", "img-src", "media-src", "connect-src", "font-src", "frame-ancestors"):
        assert "http" not in directives[name] and "*" not in directives[name]
    assert directives["object-src"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_an_upload_can_be_fetched_by_its_uploader_alone(client: TestClient, owners: UploadOwners) -> None:
    client.get("/")
    mine = client.get("/media/whose").text

    client.post("/gradio_api/upload")

    assert owners.has("/tmp/uploads/abc/note.txt", mine)
    assert client.get("/gradio_api/file=/tmp/uploads/abc/note.txt").status_code == 200
    client.cookies.clear()
    client.get("/")
    assert client.get("/gradio_api/file=/tmp/uploads/abc/note.txt").status_code == 404


@pytest.mark.parametrize("prefix", ["/gradio_api/file=", "/gradio_api/file/", "/file="])
@pytest.mark.parametrize("path", ["/etc/passwd", "https://evil.example/x", "/tmp/uploads/abc/other.txt", ""])
def test_no_other_file_is_served(client: TestClient, prefix: str, path: str) -> None:
    client.get("/")

    assert client.get(prefix + path).status_code == 404


def test_an_upload_without_an_identity_is_refused(client: TestClient) -> None:
    response = client.post("/gradio_api/upload")

    assert response.status_code == 403
    assert "cookie" in response.json()["error"]


def test_streams_pass_through_unchanged(client: TestClient) -> None:
    assert client.get("/gradio_api/queue/data?session_hash=a").text == "data: 1\n\ndata: 2\n\n"


def event(session_hash: object, **more: object) -> dict[str, object]:
    return {"data": [], "fn_index": 3, "session_hash": session_hash, **more}


def as_another(client: TestClient) -> None:
    client.cookies.clear()
    client.get("/")


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
def test_an_event_reaches_gradio_as_it_was_sent(client: TestClient, path: str) -> None:
    client.get("/")
    body = b'{"data": ["' + b"x" * 300_000 + b'"], "session_hash": "abc"}'

    assert client.post(path, content=body).content == body


@pytest.mark.parametrize("claim", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
def test_a_session_belongs_to_the_library_that_named_it_first(client: TestClient, claim: str) -> None:
    client.get("/")
    client.post(claim, json=event("mine"))
    as_another(client)

    answers = [
        client.post("/gradio_api/queue/join", json=event("mine")),
        client.post("/gradio_api/run/predict", json=event("mine")),
        client.post("/gradio_api/run/predict/", json=event("mine")),
        client.get("/gradio_api/queue/data?session_hash=mine"),
        client.get("/gradio_api/heartbeat/mine"),
        client.get("/gradio_api/heartbeat/mine/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert client.get("/gradio_api/queue/data?session_hash=other").status_code == 200


def test_who_has_no_cookie_gets_no_session_of_a_library(client: TestClient) -> None:
    client.get("/")
    client.get("/gradio_api/heartbeat/mine")
    client.cookies.clear()

    assert client.get("/gradio_api/queue/data?session_hash=mine").status_code == 404
    assert client.post("/gradio_api/run/predict", json=event("nobodys")).status_code == 200  # the page says what to do


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[" * 100_000,
        b"[]",
        b'{"data": []}',
        b'{"session_hash": null}',
        b'{"session_hash": 7}',
        b'{"session_hash": "a b"}',
        b'{"session_hash": "a", "event_id": "of another"}',
    ],
)
def test_an_event_that_names_no_session_of_its_own_is_refused(client: TestClient, body: bytes) -> None:
    client.get("/")

    assert client.post("/gradio_api/queue/join", content=body).status_code == 404


@pytest.mark.parametrize("query", ["", "?session_hash=", "?session_hash=a&session_hash=b", "?session_hash=a%00b"])
def test_a_stream_of_no_single_session_is_refused(client: TestClient, query: str) -> None:
    client.get("/")

    assert client.get(f"/gradio_api/queue/data{query}").status_code == 404


def test_an_event_larger_than_any_question_is_refused_with_a_sentence(client: TestClient) -> None:
    client.get("/")

    response = client.post("/gradio_api/queue/join", content=b"x" * 2_100_000)

    assert response.status_code == 413
    assert "Shorten it" in response.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/deep_link?session_hash=a"),
        ("GET", "/?deep_link=abc"),
        ("GET", "/?view=api"),
        ("GET", "/config?deep_link=abc"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/call/chat/event"),
        ("POST", "/gradio_api/call/chat"),
        ("POST", "/gradio_api/call/v2/chat"),
        ("POST", "/gradio_api/api/predict"),
        ("POST", "/gradio_api/run/other"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/component_server"),
        ("GET", "/gradio_api/stream/a/1/2/playlist.m3u8"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/proxy=https://evil.example/"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/vibe-code"),
        ("GET", "/gradio_api/custom_component/a/b/c/d.js"),
        ("GET", "/monitoring/summary"),
        ("GET", "/login_check"),
        ("GET", "/docs"),
        ("POST", "/login"),
        ("PUT", "/"),
        ("DELETE", "/media/whose"),
    ],
)
def test_what_the_page_does_not_ask_for_is_not_there(client: TestClient, method: str, path: str) -> None:
    client.get("/")

    assert client.request(method, path).status_code in (403, 404)


@pytest.mark.parametrize(
    "path", ["/?__theme=dark", "/?__sign=abc&__theme=light", "/config", "/assets/index.js", "/theme.css?v=1"]
)
def test_what_a_page_asks_for_is_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200
