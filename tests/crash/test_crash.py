"""A short run of what ``make crash`` does at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.work import LIBRARY, files, killed, opened, prepare, segments_of, wrong


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("crash") / "filled"
    with opened(folder) as assistant:
        for upload in files():
            assistant.ingest_now(LIBRARY, upload)
        return folder, segments_of(assistant)


@pytest.mark.parametrize(("kind", "after_s"), [("ingest", 0.7), ("delete", 0.4), ("reindex", 0.1)])
def test_a_killed_process_leaves_a_folder_that_is_whole_after_the_next_start(
    kind: str, after_s: float, filled: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    folder, whole = filled
    prepare(kind, tmp_path / "data", folder)

    killed(kind, tmp_path / "data", after_s)

    assert wrong(kind, tmp_path / "data", whole) == []
