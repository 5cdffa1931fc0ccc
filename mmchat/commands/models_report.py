"""Every model for the doctor: those inside packages, and those from the hub or from folders that the settings use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmchat import models
from mmchat.assistant import Assistant
from mmchat.models import hub
from mmchat.settings import Settings


def report(assistant: Assistant, settings: Settings) -> list[dict[str, Any]]:
    """The bundled models, whether used or not, then the others that a part uses or would use."""
    bundled = [_bundled(card, settings) for card in models.cards()]
    others = [_other(part, model, assistant, settings) for part, model in assistant.hub_models()]
    provider, _, model = assistant.llm.partition(":")
    if provider in ("none", "transformers") or model in {card.name for card in models.cards()}:
        return bundled + others
    file = Path(model).expanduser() if provider == "llama-cpp" else None
    failed = any(part.part == "answer" and part.state == "failed" for part in assistant.readiness())
    return bundled + others + [_llm(assistant.llm, file, active=not failed)]


def _bundled(card: models.ModelCard, settings: Settings) -> dict[str, Any]:
    status = models.inspect(card.name, settings.models_path)
    load_s = models.load_seconds(card.name)
    return {
        "name": card.name,
        "source": "package",
        "active": load_s is not None,
        "purpose": card.purpose,
        "package": card.package,
        "version": status.version or "not installed",
        "revision": card.revision,
        "licence": card.licence,
        "optional": card.optional,
        "on_disk": status.installed,
        "sha256": status.sha256,
        "detail": status.detail,
        "load_s": load_s,
        "path": str(status.path) if status.path else None,
        "size_bytes": status.size_bytes,
        "fetch": "" if status.installed else card.install_line,
    }


def _other(part: str, model: str, assistant: Assistant, settings: Settings) -> dict[str, Any]:
    """A model by its id or its folder. Its files were checked when they were fetched, and are not read for this."""
    card, folder = hub.card_of(model), hub.find(model, settings)
    state = next((p for p in assistant.readiness() if p.part == part), None)
    active = folder is not None and state is not None and state.state == "ready" and _used(part, model, assistant)
    return {
        "name": model,
        "source": "hub",
        "part": part,
        "active": active,
        "purpose": card.purpose if card else "",
        "package": "",
        "version": "",
        "revision": hub.revision_of(model, settings) or "that of the default branch when it is fetched",
        "licence": card.licence if card else "see its page on the hub",
        "optional": True,
        "on_disk": folder is not None,
        "sha256": "unchecked",
        "detail": "" if folder else "not on this disk",
        "load_s": state.load_s if active and state else None,
        "path": str(folder) if folder else None,
        "size_bytes": _size_bytes(folder) if folder else (card.size_mb * 1_000_000 if card else None),
        "fetch": "" if folder or not hub.is_name(model) else hub.line_for(model, settings),
    }


def _llm(name: str, file: Path | None, *, active: bool) -> dict[str, Any]:
    """A language model that is a file of its own, or that somebody else runs."""
    here = file is not None and file.is_file()
    return {
        "name": name,
        "source": "file" if file else "provider",
        "part": "answer",
        "active": active,
        "purpose": "answers in words",
        "package": "",
        "version": "",
        "revision": "not known",
        "licence": "licence not known",
        "optional": True,
        "on_disk": here,
        "sha256": "unchecked",
        "detail": "",
        "load_s": None,
        "path": str(file) if here else None,
        "size_bytes": file.stat().st_size if file and here else None,
        "fetch": "",
    }


def _used(part: str, model: str, assistant: Assistant) -> bool:
    return part != "answer" or any(name.endswith(f":{model}") for name in assistant.asked(None))


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
