"""Every try of ``make attack``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_gets_through_to_who_knows_every_id_and_path() -> None:
    # In a process of its own, as a server is: what Gradio leaves open when it ends is not this test's matter.
    ran = subprocess.run([sys.executable, "-m", "tests.attack"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "got through: 0" in ran.stdout, ran.stdout + ran.stderr
    assert int(re.search(r"(\d+) tries", ran.stdout)[1]) > 200
    assert ran.returncode == 0
