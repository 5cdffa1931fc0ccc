"""The rooms stay rooms: imports go one way, and heavy libraries live in leaf files, imported lazily."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mmchat"
CORE = {"types", "errors", "settings", "registry"}
# In the order data walks; a room may import the core, itself and any room before it.
ROOMS = [
    "models",
    "workers",
    "streams",
    "attachments",
    "perception",
    "segmenters",
    "encoders",
    "stores",
    "catalog",
    "page_vectors",
    "active_spaces",
    "copies",
    "file_progress",
    "file_reading",
    "ingestion",
    "retrieval",
    "llms",
    "rerankers",
    "tools",
    "question",
    "answering",
]
COMPOSERS = {
    "deleting",
    "checking",
    "fair_queue",
    "file_jobs",
    "preloading",
    "answer_record",
    "answer_steps",
    "parts",
    "turn_scope",
    "library_tools",
    "narrowing_words",
    "perceived_query",
    "models_in_use",
    "part_advice",
    "profile_vlm",
    "background",
    "media_again",
    "reindexing",
    "rereading",
    "data_folder",
    "searching",
    "measuring",
    "examples",
    "insights",
    "space_view",
    "assistant",
    "evaluation",
    "server",
    "ui",
    "cli",
    "commands",
    "__main__",
}
HEAVY = {"torch", "transformers", "sentence_transformers", "chromadb", "onnxruntime", "onnx", "faster_whisper",
         "tesserocr", "rapidocr", "duckdb", "babel", "av", "pypdfium2", "markitdown", "magika", "openai", "anthropic",
         "xllamacpp", "huggingface_hub"}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imports(path: Path) -> list[tuple[str, bool]]:
    """Every imported module, and whether it is imported at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(n) for n in tree.body}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, id(node) in top))
            found += [(f"{node.module}.{alias.name}", id(node) in top) for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_before_it(path: Path) -> None:
    room = room_of(path)
    allowed = CORE | {room} | (set(ROOMS[: ROOMS.index(room)]) if room in ROOMS else set())
    if room in COMPOSERS:
        allowed = CORE | set(ROOMS) | COMPOSERS

    used = {name.split(".")[1] for name, _ in imports(path) if name.startswith("mmchat.")}

    assert used - allowed - {"__version__"} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    at_top = {name.split(".")[0] for name, top in imports(path) if top}

    assert at_top & HEAVY == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_page_knows_gradio(path: Path) -> None:
    used = {name.split(".")[0] for name, _ in imports(path)}

    if room_of(path) != "ui":
        assert "gradio" not in used


def test_the_page_knows_no_model_and_the_models_no_page() -> None:
    for path in MODULES:
        used = {name.split(".")[0] for name, _ in imports(path)}
        if room_of(path) in ("ui", "server", "cli", "commands"):
            assert used & (HEAVY - {"av"}) == set(), path


def test_only_composers_put_stages_together() -> None:
    stages = {"segmenters", "encoders", "stores", "retrieval", "rerankers"}
    for path in MODULES:
        if room_of(path) in ("ui", "commands", "cli"):
            used = {name.split(".")[1] for name, _ in imports(path) if name.startswith("mmchat.")}
            assert used & stages == set(), path


def test_no_module_outgrows_a_head() -> None:
    long = {str(p.relative_to(PACKAGE)) for p in MODULES if len(p.read_text("utf-8").splitlines()) > 400}

    assert long <= {"types.py"}  # the vocabulary is read as a dictionary
