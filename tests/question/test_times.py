from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mmchat.question.times import read_times

NOW = datetime(2025, 3, 12, 15, 0, tzinfo=ZoneInfo("Europe/Paris"))
CASES = [line.split("\t") for line in (Path(__file__).parent / "times.tsv").read_text("utf-8").splitlines()[1:]]


def day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


@pytest.mark.parametrize(("language", "text", "since", "before"), [c[1:5] for c in CASES], ids=[c[2] for c in CASES])
def test_words_for_a_time_name_its_first_and_last_day(language: str, text: str, since: str, before: str) -> None:
    found = read_times(text, NOW, language)

    if since == "none":
        assert found == []
    else:
        assert [(day(t.since), day(t.before)) for t in found] == [(since.strip(), before.strip())]


def test_a_day_that_a_year_does_not_have_stops_nothing() -> None:
    found = read_times("closed 29 February - 3 March 2025", datetime(2024, 12, 31), "en")

    assert day(found[-1].since) == "2025-03-03"
