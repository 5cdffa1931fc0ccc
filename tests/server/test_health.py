"""What probes and scrapers get."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmchat.server import health
from mmchat.server.metrics import Metrics
from tests.scripted_assistant import ScriptedAssistant


def test_health_answers_before_the_models_are_loaded(tmp_path: Path) -> None:
    assistant = ScriptedAssistant(tmp_path)
    with TestClient(Starlette(routes=health.routes(assistant, Metrics()))) as client:
        before = client.get("/healthz")
        assistant.warm_up()
        after = client.get("/healthz")

    assert (before.status_code, before.json()["status"], before.json()["ready"]) == (200, "ok", False)
    assert after.json()["ready"] is True
    assert after.json()["parts"]["sound"] == "off"


def test_metrics_count_without_naming_anyone(tmp_path: Path) -> None:
    metrics = Metrics()
    metrics.turn("finished")
    metrics.turn("finished")
    metrics.file("failed")
    with TestClient(Starlette(routes=health.routes(ScriptedAssistant(tmp_path), metrics))) as client:
        response = client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'mmchat_turns_total{outcome="finished"} 2' in response.text
    assert 'mmchat_files_total{status="failed"} 1' in response.text
    assert response.text.count("# TYPE") == 3
