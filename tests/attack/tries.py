"""Everything that is tried, by name. A try is over when nothing of the victim's came out and nothing of it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx

from tests.attack.stage import CANARY, SESSION, Stage

Try = tuple[str, Callable[[Stage], httpx.Response]]
"""What is tried, and the request that tries it."""

_ATTACKER = "attackersession"


def all_tries(stage: Stage) -> Iterator[Try]:
    """In an order in which none spoils the next."""
    yield from _media(stage)
    yield from _uploads(stage)
    yield from _sessions(stage)
    yield from _routes()
    yield from _handlers(stage)
    yield from _origins(stage)
    yield from _paths()
    yield from _bodies(stage)


def got_through(response: httpx.Response) -> str:
    """What came out that should not have; "" for nothing."""
    shown = response.text[:2_000_000]
    said = f"{shown} {dict(response.headers)}"
    if CANARY in said:
        return "something of the victim's"
    if "root:x:0" in shown or "[mysqld]" in shown:
        return "a file of the machine"
    if "Traceback" in shown:
        return "a traceback"
    return ""


def _get(path: str, who: str = "attacker", **options: object) -> Callable[[Stage], httpx.Response]:
    return lambda stage: getattr(stage, who).request("GET", path, **options)


def _post(path: str, who: str = "attacker", **options: object) -> Callable[[Stage], httpx.Response]:
    return lambda stage: getattr(stage, who).request("POST", path, **options)


def _raw(path: str, who: str = "attacker") -> Callable[[Stage], httpx.Response]:
    """The path as it is written, not as a client would tidy it up."""

    def send(stage: Stage) -> httpx.Response:
        client: httpx.Client = getattr(stage, who)
        url = httpx.URL(stage.url).copy_with(raw_path=path.encode())
        return client.send(client.build_request("GET", url))

    return send


def _media(stage: Stage) -> Iterator[Try]:
    renditions = {
        "txt": ("",),
        "png": ("", "/picture"),
        "pdf": ("", "/page/1"),
        "docx": ("", f"/figure/{stage.segments.get('docx', '0' * 32)}"),
    }
    for kind, endings in renditions.items():
        for ending in endings:
            for who in ("attacker", "nobody"):
                yield f"media {kind}{ending[:8]} as {who}", _get(f"/media/{stage.files[kind]}{ending}", who)
    id, library = stage.files["txt"], stage.library
    for name, cookie in {
        "the library's id as cookie": f"mmchat_library={library}",
        "an empty cookie": "mmchat_library=",
        "a cookie of dots": f"mmchat_library={'.' * 43}",
        "two cookies": f"mmchat_library={'a' * 43}; mmchat_library={library}",
        "the https cookie": f"__Host-mmchat_library={library}{'a' * 11}",
        "a quoted cookie": f'mmchat_library="{library}"',
        "a cookie with a line break": f"mmchat_library=a\\r\\nx: {library}",
        "a cookie for LIKE": f"mmchat_library={'%' * 43}",
    }.items():
        yield f"media with {name}", _get(f"/media/{id}", "nobody", headers={"cookie": cookie})
    for name, path in {
        "in capitals": f"/media/{id.upper()}",
        "with a blank": f"/media/{id}%20",
        "with a zero byte": f"/media/{id}%00",
        "with a slash": f"/media/{id}/",
        "with two slashes": f"//media//{id}",
        "above itself": f"/media/{library}/../{id}",
        "by folder": f"/media/{library}%2f{id[:2]}%2f{id}",
        "by dots": f"/media/..%2foriginals%2f{library}%2f{id[:2]}%2f{id}",
        "with a query for another": f"/media/{id}?library={library}",
        "by range": f"/media/{id}",
    }.items():
        yield f"media {name}", _raw(path)
    yield "media by HEAD", lambda stage: stage.attacker.head(f"/media/{id}")
    yield "media with a range", _get(f"/media/{id}", headers={"range": "bytes=0-10"})
    yield "media of another's name in a header", _get(f"/media/{id}", headers={"x-library": library})


def _uploads(stage: Stage) -> Iterator[Try]:
    path = stage.upload
    for who in ("attacker", "nobody"):
        for prefix in ("/gradio_api/file=", "/gradio_api/file/", "/file=", "/file/"):
            yield f"upload by {prefix} as {who}", _get(prefix + quote(path), who)
    folder = path.rpartition("/")[0]
    for name, asked in {
        "encoded twice": quote(quote(path, safe=""), safe=""),
        "with dots": f"{folder}/./{path.rpartition('/')[2]}",
        "from its folder": folder,
        "by file url": f"file://{path}",
        "the catalog": str(stage.assistant.settings.data_dir / "catalog.sqlite"),
        "passwords": "/etc/passwd",
        "the process": "/proc/self/environ",
        "elsewhere": "http://169.254.169.254/latest/meta-data/",
        "up": "../../../../etc/passwd",
    }.items():
        yield f"upload {name}", _raw(f"/gradio_api/file={asked}")
    file = {"path": path, "orig_name": "x.txt", "meta": {"_type": "gradio.FileData"}}
    for name, given in {"the victim's upload": path, "passwords": "/etc/passwd"}.items():
        chosen = {**file, "path": given}
        for handler, data in {
            "converse": [{"text": "what does it say?", "files": [chosen]}, None],
            "add": [[chosen], None],
        }.items():
            body = stage.event(handler, None, _ATTACKER) | {"data": data}
            yield f"{name} as one's own by {handler}", _post("/gradio_api/run/predict", json=body)
            yield f"{name} as one's own by {handler}, queued", _post("/gradio_api/queue/join", json=body)
    yield "upload without a cookie", _post("/gradio_api/upload", "nobody", files={"files": ("a.txt", b"a")})
    yield (
        "upload with a path for a name",
        _post("/gradio_api/upload", files={"files": ("../../../../tmp/mmchat-escaped.txt", b"a")}),
    )
    yield "progress of another's upload", _get("/gradio_api/upload_progress?upload_id=abc", "nobody")


def _sessions(stage: Stage) -> Iterator[Try]:
    call = stage.event("arrive", None, SESSION)
    queued = stage.event("converse", None, SESSION)
    for who in ("attacker", "nobody"):
        for name, path in {
            "stream": f"/gradio_api/queue/data?session_hash={SESSION}",
            "stream with its name twice": f"/gradio_api/queue/data?session_hash=x&session_hash={SESSION}",
            "stream with an encoded name": f"/gradio_api/queue/data?session%5fhash={SESSION}",
            "stream with a slash": f"/gradio_api/queue/data/?session_hash={SESSION}",
            "heartbeat": f"/gradio_api/heartbeat/{SESSION}",
            "heartbeat with a slash": f"/gradio_api/heartbeat/{SESSION}/",
            "a call's result": "/gradio_api/call/converse/abc",
            "a deep link": f"/gradio_api/deep_link?session_hash={SESSION}",
            "a stream of sound": f"/gradio_api/stream/{SESSION}/1/2/playlist.m3u8",
        }.items():
            yield f"{name} as {who}", _get(path, who)
        yield f"join as {who}", _post("/gradio_api/queue/join", who, json=queued)
        yield f"call as {who}", _post("/gradio_api/run/predict", who, json=call)
        yield f"call by name as {who}", _post("/gradio_api/run/arrive", who, json=call)
        yield f"old call as {who}", _post("/gradio_api/api/arrive", who, json=call)
        yield (
            f"call interface as {who}",
            _post("/gradio_api/call/arrive", who, json={"data": [], "session_hash": SESSION}),
        )
        yield (
            f"call interface 2 as {who}",
            _post("/gradio_api/call/v2/arrive", who, json={"data": {}, "session_hash": SESSION}),
        )
        yield (
            f"cancel as {who}",
            _post("/gradio_api/cancel", who, json={"session_hash": SESSION, "fn_index": 0, "event_id": "a"}),
        )
        yield f"reset as {who}", _post("/gradio_api/reset", who, json={"event_id": "a"})
        yield f"server function as {who}", _post("/gradio_api/component_server", who, json={"session_hash": SESSION})
    twice = json.dumps(call).replace('"session_hash"', '"session_hash": "mine", "session_hash"', 1)
    first = json.dumps(call)[:-1] + ', "session_hash": "mine2"}'
    for name, body in {
        "its name twice, the victim's last": twice.encode(),
        "its name twice, the victim's first": first.encode(),
        "UTF-16": json.dumps(call).encode("utf-16"),
        "a mark before it": b"\xef\xbb\xbf" + json.dumps(call).encode(),
        "its name escaped": json.dumps(call).replace("session_hash", "session\\u005fhash").encode(),
        "its value escaped": json.dumps(call).replace(SESSION, "\\u0076" + SESSION[1:]).encode(),
        "a list around it": json.dumps([call]).encode(),
    }.items():
        yield (
            f"call with {name}",
            _post("/gradio_api/run/predict", content=body, headers={"content-type": "application/json"}),
        )
    form = {"session_hash": SESSION, "fn_index": str(call["fn_index"]), "data": "[null]"}
    yield "call as a form", _post("/gradio_api/run/predict", data=form)
    yield (
        "call with an event of another",
        _post("/gradio_api/run/predict", json=stage.event("arrive", None, _ATTACKER, event_id="abc")),
    )
    yield (
        "call for another's session in the address",
        _post(f"/gradio_api/run/predict?session_hash={SESSION}", json=stage.event("arrive", None, _ATTACKER)),
    )


def _routes() -> Iterator[Try]:
    for path in (
        "/gradio_api/info", "/gradio_api/openapi.json", "/openapi.json", "/docs", "/redoc", "/config?deep_link=a",
        "/?deep_link=a", "/?view=api", "/monitoring", "/monitoring/summary", "/login_check", "/token", "/user",
        "/gradio_api/user", "/gradio_api/token", "/gradio_api/runs", "/gradio_api/run-history/records", "/dev/reload",
        "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/gradio_api/custom_component/a/server/component/x.py",
        "/gradio_api/proxy=http://127.0.0.1:22/", "/proxy=http://169.254.169.254/", "/pwa_icon", "/logout",
        "/gradio_api/mcp/sse", "/gradio_api/mcp/", "/mcp", "/.env", "/.git/config", "/app.py", "/catalog.sqlite",
    ):  # fmt: skip
        yield f"GET {path}", _get(path)
    for path in ("/login", "/gradio_api/process_recording", "/gradio_api/vibe-edit", "/gradio_api/run-history/connect"):
        yield f"POST {path}", _post(path, json={})
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        yield f"{method} /", lambda stage, method=method: stage.attacker.request(method, "/")


def _handlers(stage: Stage) -> Iterator[Try]:
    """The attacker's own page, with the victim's ids."""
    ids = {
        "open_conversation": {"id": stage.conversation},
        "delete_conversation": {"id": stage.conversation},
        "show_sources": {"id": stage.conversation, "message": stage.conversation, "number": "1"},
        "delete_file": {"id": stage.files["txt"]},
        "stop_file": {"id": stage.files["txt"]},
        "show_point": {"id": stage.segments["txt"]},
        "narrow": {"id": f"file|{stage.files['txt']}"},
        "ask_without": {"message": stage.conversation, "number": "0"},
        "ask_as": {"message": stage.conversation, "switch": "search"},
        "ask_example": {"id": "0"},
        "show_insights": None,
        "look_again": None,
        "clear_library": None,
        "tick": None,
    }
    for name, data in ids.items():
        if name not in stage.functions:
            continue
        for who in ("attacker", "nobody"):
            path = "/gradio_api/queue/join" if name.startswith("ask_") else "/gradio_api/run/predict"
            session = f"{_ATTACKER}{who}"
            yield f"{name} of the victim's as {who}", _post(path, who, json=stage.event(name, data, session))
    for name, strange in {
        "a list": [1, 2],
        "a number": 7,
        "a deep one": {"id": {"id": {"id": "x"}}},
        "a long one": {"id": "x" * 100_000},
        "a path": {"id": "../../etc/passwd"},
        "SQL": {"id": "' OR 1=1 --"},
        "a zero byte": {"id": "a\x00b"},
        "half a letter": {"id": "\ud800"},
    }.items():
        for handler in ("delete_file", "open_conversation"):
            yield (
                f"{handler} with {name}",
                lambda stage, handler=handler, strange=strange: stage.attacker.post(
                    "/gradio_api/run/predict",
                    content=json.dumps(stage.event(handler, strange, f"{_ATTACKER}attacker")).encode(),
                    headers={"content-type": "application/json"},
                ),
            )
    forged = stage.event("arrive", None, f"{_ATTACKER}attacker") | {"data": [{"library": stage.library}]}
    yield "a forged visit", _post("/gradio_api/run/predict", json=forged)
    yield (
        "a function that is none",
        _post(
            "/gradio_api/run/predict", json=stage.event("arrive", None, f"{_ATTACKER}attacker") | {"fn_index": 10_000}
        ),
    )
    yield (
        "a function below none",
        _post("/gradio_api/run/predict", json=stage.event("arrive", None, f"{_ATTACKER}attacker") | {"fn_index": -1}),
    )


def _origins(stage: Stage) -> Iterator[Try]:
    """Another website in the victim's own browser: with the victim's cookie."""
    call = stage.event("arrive", None, SESSION)
    for origin in ("https://evil.example", "null", f"{stage.url}.evil.example", "http://127.0.0.1:1", "file://"):
        for name, (method, path, body) in {
            "page": ("GET", "/", None),
            "media": ("GET", f"/media/{stage.files['txt']}", None),
            "call": ("POST", "/gradio_api/run/predict", call),
            "upload": ("POST", "/gradio_api/upload", None),
            "preflight": ("OPTIONS", "/gradio_api/run/predict", None),
        }.items():

            def send(stage: Stage, method=method, path=path, body=body, origin=origin) -> httpx.Response:
                headers = {"origin": origin, "access-control-request-method": "POST"}
                return stage.victim.request(method, path, json=body, headers=headers)

            yield f"{name} from {origin.replace(stage.url, 'here')}", send
    for site, mode, destination in (
        ("cross-site", "no-cors", "image"),
        ("cross-site", "no-cors", "script"),
        ("cross-site", "navigate", "iframe"),
        ("same-site", "cors", "empty"),
    ):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": destination}
        yield f"media as {destination} of {site}", _get(f"/media/{stage.files['txt']}", "victim", headers=headers)
    headers = {"x-forwarded-host": "evil.example", "origin": "https://evil.example"}
    yield "media with a forwarded host", _get(f"/media/{stage.files['txt']}", "victim", headers=headers)


def _paths() -> Iterator[Try]:
    for base in ("/static/", "/assets/", "/svelte/", "/media/", "/"):
        for way in (
            "../../../../etc/passwd",
            "..%2f..%2f..%2f..%2fetc%2fpasswd",
            "%2e%2e/%2e%2e/etc/passwd",
            "/etc/passwd",
        ):
            yield f"{base}{way}", _raw(base + way)


def _bodies(stage: Stage) -> Iterator[Try]:
    yield "a body of 3 MB", _post("/gradio_api/queue/join", content=b"[" + b"1," * 1_500_000 + b"1]")
    yield "a body nested 100,000 deep", _post("/gradio_api/run/predict", content=b"[" * 100_000)
    yield "a body that is none", _post("/gradio_api/run/predict", content=b"\xff\xfe\x00")
    yield "a cookie of 100 kB", _get("/config", "nobody", headers={"cookie": "a=" + "b" * 60_000})
    for path in ("/healthz", "/metrics", "/config"):
        yield f"what {path} tells", _get(path, "nobody")
