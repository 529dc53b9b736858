.DEFAULT_GOAL := all
.PHONY: help all install build refresh test test-slow check dictionary oracles sssom spark fhir croissant dbt web lock bench bench-peers clean

PYTHON ?= python3
BIN := .venv/bin
RAW ?=
OUTPUT ?= output
OPTIONS := $(if $(RAW),--raw $(RAW)) --output $(OUTPUT)

help:  ## list every target
	@grep -hE '^[a-z -]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'
	@echo "Variables: RAW=folder of raw files (default: raw/official where it holds a release, else raw/excerpt), OUTPUT=folder of builds, ARGS=options of refresh"

all: build  ## install what is needed and build the tables (the default)

install: $(BIN)/.installed  ## make .venv with the pinned dependencies

$(BIN)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make .venv: Debian keeps that in the package python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ && echo "installed the pinned dependencies into .venv"

build: install  ## raw files to output/latest
	$(BIN)/crosswalk build $(OPTIONS)

refresh: install  ## fetch what changed at the publishers, build, compare, publish (docs/scheduling.md)
	@$(BIN)/crosswalk refresh $(OPTIONS) $(ARGS)

test: install  ## run the tests; those on the full official files run where RAW or ../shared/raw/official holds them
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not official"
	RAW=$(RAW) $(BIN)/python -m pytest -n 2 --dist loadfile -m "official and not slow"
	@echo "tests done; next: make check (types, style, dictionary), make test-slow, or see README.md"

test-slow: install  ## run the tests that kill, wait, fill disks or try many examples
	RAW=$(RAW) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

check: install  ## types, style and the generated dictionary
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m schemas.dictionary --check && $(BIN)/python docs/generate.py --check

dictionary: install  ## write the pages that follow from the code: schemas/DICTIONARY.md, docs/FORMATS.md, docs/SOURCES.md, docs/CLAIM_RULES.md, docs/CLAIM_LAYOUTS.md, docs/ROBUSTNESS.md
	$(BIN)/python -m schemas.dictionary && $(BIN)/python docs/generate.py && $(BIN)/python -m tests.mutations
oracles: install  ## compare a full build (OUTPUT) with independent implementations, and write docs/TRUTH.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r oracles.lock && $(BIN)/python -m tests.oracles --build $(OUTPUT)/latest
sssom spark fhir croissant: install  ## run the tests that need an extra: the reference packages of SSSOM and Croissant; claims and tables on Spark (Java 17 or 21); models of FHIR
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $@.lock && $(BIN)/python -m pytest $(wildcard tests/export/test_$@_package.py tests/ask/claims/test_$@.py tests/warehouse/test_warehouse_$@.py)
dbt web: install  ## run the tests that need an environment of their own: the package of dbt; a served copy of a build
	@$(PYTHON) -m venv .venv/$@ && .venv/$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $@.lock && RAW=$(RAW) $(BIN)/python -m pytest $(wildcard tests/warehouse/test_$@_package.py tests/test_$@_copy.py)
COMPILE = $(PYTHON) -m uv pip compile --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url
lock:  ## resolve requirements.lock, and the lock of each extra and group, anew from pyproject.toml
	$(PYTHON) -m pip install --quiet uv && $(COMPILE) pyproject.toml --extra dev --output-file requirements.lock && for extra in oracles sssom spark fhir croissant; do $(COMPILE) pyproject.toml --extra $$extra --constraint requirements.lock --output-file $$extra.lock || exit; done && for group in dbt web peers; do $(COMPILE) --group pyproject.toml:$$group --output-file $$group.lock || exit; done
bench: install  ## time the full build by stage, the order-file reader and claims (on OUTPUT), and print them
	$(BIN)/python benchmarks/bench.py $(if $(RAW),--raw $(RAW)) && $(BIN)/python benchmarks/claims.py --build $(OUTPUT)/latest
bench-peers: install  ## time a million codes and their answers (OUTPUT) beside other packages, in an environment of theirs
	@$(PYTHON) -m venv .venv/$@ && .venv/$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r peers.lock && $(BIN)/python -m benchmarks.peers --build $(OUTPUT)/latest --python .venv/$@/bin/python $(if $(RAW),--raw $(RAW))
clean:  ## remove .venv, every build, and what is kept of raw files that were read
	rm -rf .venv raw/*/.frames && cd output && touch .made-here && tr '\n' '\0' < .made-here | xargs -0 rm -rf -- && rm -f latest .lock .lock-holder .made-here .refreshed.json .withdrawn
