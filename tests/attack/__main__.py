"""``make attack``: every try against a running server, and what got through."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path

import httpx

from tests.attack.stage import stage
from tests.attack.tries import all_tries, got_through


def main() -> int:
    """Returns 1 where anything got through."""
    logging.disable(logging.CRITICAL)
    through, broken, statuses = [], [], Counter[str]()
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as opened:
        for name, attempt in all_tries(opened):
            try:
                response = attempt(opened)
            except httpx.HTTPError as error:
                statuses[type(error).__name__] += 1
                continue
            statuses[str(response.status_code)] += 1
            if response.status_code >= 500:
                broken.append(name)
            if what := got_through(response):
                through.append(f"{name}: {what} ({response.status_code})")
            if not opened.intact():
                through.append(f"{name}: the victim's library changed")
                break
    print(f"{statuses.total()} tries, by answer: {dict(sorted(statuses.items()))}")
    print(f"got through: {len(through)}")
    for line in through:
        print(f"  {line}")
    print(f"refused by Gradio with status 500: {', '.join(broken) or 'none'}")
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main())
