"""``python -m mmchat``."""

import sys

from mmchat.cli import main

sys.exit(main())
