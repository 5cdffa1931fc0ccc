"""What `python app.py`, `make run` and a Hugging Face Space start: Settings -> Assistant -> page."""

from __future__ import annotations

import logging
import sys


def main() -> int:
    """Serve until stopped; a mistake in the settings is one sentence, not a traceback."""
    # Not at the top: each process that reads files imports this module too, and serves nothing.
    from mmchat.errors import MmchatError
    from mmchat.settings import load_settings
    from mmchat.ui.launch import serve

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        serve(load_settings())
    except MmchatError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
