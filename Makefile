# Two commands are enough for a newcomer: `make run` and `make test`. `make help` lists the rest.
# Everything else is in scripts/; nothing is needed beforehand but make, sh and some Python 3.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:

BIN := .venv/bin
PYTEST := $(BIN)/pytest
CODE := src tests $(wildcard worlds bench)

##@ Start here
.PHONY: run test stop reset
run: ground ## everything on a bare machine, then the demo world at http://127.0.0.1:8000/ (PORT=8010 make run)
	@exec $(BIN)/zhiping serve
test: ground tools ## every check and every test, the same that CI runs
	@exec scripts/test
stop: ground ## stop what runs from this folder: the service, its database, that of the tests
	@$(BIN)/zhiping serve --stop
	@$(BIN)/zhiping db stop
reset: ground ## delete the demo world and the local databases; asks first (YES=1 does not ask)
	@$(BIN)/zhiping serve --stop
	@exec $(BIN)/zhiping db reset

##@ Checks
.PHONY: lint format types contracts policy
lint: ground ## ruff, templates, YAML of the policy folder
	@exec scripts/test lint
format: ground ## put the code into its format
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)
types: ground ## mypy, strict
	@exec scripts/test types
contracts: ground ## who may import whom
	@exec scripts/test contracts
policy: ground ## the law as data: structure, citations, cases
	@exec scripts/test policy

##@ Law as data
.PHONY: new-rule
new-rule: ground ## begin a rule: asks, writes a file with three edge cases, says what is next (ARGS="--help")
	@exec $(BIN)/zhiping policy new-rule $(ARGS)

##@ Tests by kind (ARGS="-k name" goes to pytest)
.PHONY: unit apps portals stories
unit: ground ## cores, policy, house rules: seconds
	@exec $(PYTEST) $(wildcard tests/core tests/kernel tests/policy tests/oracle tests/house) $(ARGS)
apps: ground ## the apps on a real PostgreSQL
	@exec $(PYTEST) tests/apps $(ARGS)
portals: ground tools ## pages, gates, API
	@exec $(PYTEST) tests/portals $(ARGS)
stories: ground tools ## whole journeys in a real browser
	@exec $(PYTEST) tests/stories $(ARGS)

##@ Measure and show
.PHONY: bench screenshots
bench: ground ## every benchmark, as ratios against a floor or a peer in the same run
	@exec $(BIN)/zhiping bench $(ARGS)
screenshots: ground tools ## every main page at 1440 and 390 px
	@exec $(BIN)/zhiping screenshots $(ARGS)

##@ Upkeep
.PHONY: docs lock ground tools help
docs: ground ## write the generated pages of docs/ anew
	@exec $(BIN)/zhiping docs
lock: ground ## resolve the dependencies anew and write requirements.lock
	@UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile pyproject.toml --group dev --extra database \
	  --universal --generate-hashes --python-version 3.12 $(if $(UPGRADE),--upgrade) -q -o requirements.lock
	@scripts/bootstrap
ground: ## fetch or refresh the environment in .venv (at once when nothing changed)
	@scripts/bootstrap
tools: ## fetch the outside programs that tests need (as root; otherwise says the line to run)
	@scripts/outside-tools
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
