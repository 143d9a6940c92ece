# The project's commands; each does the set-up it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)
export REFLEX_TELEMETRY_ENABLED := false
# Without this Reflex tries a mirror beside the registry.
export NPM_CONFIG_REGISTRY ?= $(shell npm config get registry 2>/dev/null || $(BIN)/npm config get registry 2>/dev/null)

.PHONY: install run dev test retest check bench lock format browser sbom audit

# The pinned sets are complete, hence --no-deps: while resolving, the pip of Python 3.11 considers a
# newer release of a name with an extra, and refuses it because it has no hash.
$(VENV)/.run: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m canais_app.cli "$$@"\n' > $(BIN)/canais && chmod +x $(BIN)/canais
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	touch $@

# Install and build everything, start nothing.
install: $(VENV)/.run
	$(BIN)/python -m canais_app.cli build

run: $(VENV)/.run
	$(BIN)/python -m canais_app.cli migrate
	$(BIN)/python -m canais_app.cli seed
	$(BIN)/python -m canais_app.cli serve

dev: $(VENV)/.run
	$(BIN)/python -m canais_app.cli migrate
	$(BIN)/python -m canais_app.cli seed
	$(BIN)/python -m reflex run

browser:
	@sh tests/install_servers.sh

# A file's tests run in one process, which has its own databases, server and browser. Tests that
# measure time or start a server of several processes run afterwards, alone.
#
# `make test DB=postgres`: once more, on PostgreSQL, what touches the database.
ifeq ($(DB),postgres)
test: export TESTS_DB := postgres
test: $(VENV)/.dev browser
	$(BIN)/python -m pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
else
test: $(VENV)/.dev browser
	$(BIN)/python -m pytest -m "not slow and not alone" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m "not slow and alone"
endif

# What failed in `make test`, once more and one at a time; then all that runs alone.
retest: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not slow" --last-failed --last-failed-no-failures none
	$(BIN)/python -m pytest -m "not slow and alone"

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/deptry .
	CANAIS_DATABASE_URL=sqlite:///$(CURDIR)/var/check.db sh -c 'rm -f var/check.db && $(BIN)/python -m canais_app.cli migrate && $(BIN)/alembic check'

# `make bench QUICK=1`: every bench at a tiny size, to see that it still runs.
bench: $(VENV)/.dev browser
	$(BIN)/python -m bench.run

# `make audit OSV=all.zip`: the pinned packages against a copy of osv.dev's data base, without network.
sbom: $(VENV)/.run
	@$(BIN)/python deploy/supply_chain.py sbom

audit: $(VENV)/.run
	@$(BIN)/python deploy/supply_chain.py audit $(OSV)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Needs uv; the pinned sets have hashes and no registry address.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" bench/peers/requirements.in -o bench/peers/requirements.txt
