"""The page over the scripted Assistant, as a process of its own: ``serve_scripted.py FOLDER PORT PAUSE_S LOAD_S``."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

if __name__ == "__main__":
    from scripted_assistant import ScriptedAssistant

    from mmchat.ui.launch import launch

    folder, port, pause_s, load_s = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    launch(ScriptedAssistant(folder, pause_s=pause_s, load_s=load_s), server_port=port).block_thread()
