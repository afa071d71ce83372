# Madoguchi. `make help` lists what there is. Needs GNU make and Python 3.11 or newer, nothing else, and no root.
PORT ?= 8000
VAR ?= var
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard madoguchi/locale/*/LC_MESSAGES/django.po))
.DEFAULT_GOAL := help
.PHONY: demo install run test e2e check bench format-check lint types contracts fmt migrations messages shell lock clean help install-run install-dev

demo: install-run $(CATALOGUES) ## Start everything with a simulated LINE and a demo company (PORT=8000, VAR=var, FRESH=1 starts over)
	@$(BIN)/madoguchi demo --port $(PORT) --var "$(VAR)" $(if $(FRESH),--fresh)

install: install-run $(CATALOGUES) ## Make .venv with what the product needs, and nothing else

run: install-run $(CATALOGUES) ## Start web, worker and database without the simulated LINE (PORT=, VAR=)
	@MADOGUCHI_VAR="$(VAR)" $(BIN)/madoguchi serve --all --port $(PORT)

test: install-dev $(CATALOGUES) ## Run the tests; T= chooses: make test T="tests/members -k merge"
	@$(BIN)/pytest $(if $(T),$(T),-n 2 --dist loadfile)

e2e: install-dev $(CATALOGUES) ## Run the journeys in Chromium
	@$(BIN)/pytest tests/e2e $(T)

check: install-dev format-check lint types contracts test ## All that CI checks: format, lint, types, import contracts, tests

bench: install-dev $(CATALOGUES) ## Measure this machine; BENCH= chooses a figure, JSON=1 for machines
	@$(BIN)/madoguchi bench $(BENCH) $(if $(JSON),--json)

format-check: install-dev
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "  Not formatted: make fmt"; exit 1; }

lint: install-dev
	@$(BIN)/ruff check --quiet --output-format concise .

types: install-dev ## Check types (mypy --strict)
	@MADOGUCHI_SECRET_KEY=signs-nothing $(BIN)/mypy # Django is set up for it, and some modules make signers

contracts: install-dev
	@$(BIN)/lint-imports >.venv/contracts.log || { cat .venv/contracts.log; exit 1; }

fmt: install-dev ## Format the code and fix what can be fixed
	@$(BIN)/ruff check --quiet --fix-only . ; $(BIN)/ruff format .

migrations: install-dev ## Write migrations for changed models (NAME=what_it_does)
	@$(BIN)/madoguchi manage makemigrations $(if $(NAME),--name $(NAME))

messages: install-dev ## Bring the catalogues up to date with the texts in code and templates
	@$(BIN)/madoguchi messages

shell: install-dev ## A Python shell on the data of the running demo
	@$(BIN)/madoguchi manage shell

lock: ## Choose new versions for requirements/*.lock (needs uv)
	uv pip compile pyproject.toml --group build --group test $(LOCK_OPTIONS) -o requirements/dev.lock
	uv pip compile pyproject.toml --group build -c requirements/dev.lock $(LOCK_OPTIONS) -o requirements/run.lock
LOCK_OPTIONS := --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -q $(UPGRADE)

clean: ## Remove .venv and what tools leave behind; the data in var/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(CATALOGUES)
	find madoguchi tests -name __pycache__ -prune -exec rm -rf {} +

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install-run install-dev: install-%:
	@sh bin/install $*

%.mo: %.po
	@$(BIN)/pybabel --quiet compile -i $< -o $@
