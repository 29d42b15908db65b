# `make run` and `make test` are all a newcomer needs; each sets up what it lacks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
SIZE ?= province
export PYTHONPATH := $(CURDIR)
export NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache
# Without compiled modules beside them, every process would spend most of its start on compiling them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check check-types check-others setup warm-walking warm-figures vendor browser demo bench clean

run: setup
	$(BIN)/python -m warehouse demo --if-missing --size $(SIZE)
	$(BIN)/python app.py

setup: $(STAMP)

# Modules are compiled when they are first imported: pip would compile thousands that nobody imports.
$(STAMP): requirements.txt requirements-dev.txt package.json package-lock.json
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	$(MAKE) --no-print-directory --jobs=3 warm-walking warm-figures vendor
	touch $(STAMP)

# Machine code in two halves of a core's work each, and what browsers are sent.
warm-walking:
	$(BIN)/python -m geodata.warm
	$(BIN)/python -m analytics.warm

warm-figures:
	$(BIN)/python -m analytics.warm_figures

vendor:
	$(BIN)/python -m components.vendor

demo: setup
	$(BIN)/python -m warehouse demo --size $(SIZE)

# Types take one core for most of the time, so the rest is checked beside them.
check: setup
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-others

check-types:
	$(BIN)/mypy

check-others:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

# A browser for the journeys, where the machine has none (Debian; needs root).
browser:
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk)

# What takes longest begins first, so that no process is left alone with it at the end. Only one of the processes begins
# with what waits for the small demo; the others do what needs none meanwhile. Three for two cores: each of them waits
# now and then, for its browser, its server or the disk.
FIRST := tests/journeys/test_journeys_pages.py tests/journeys/test_journey_own_city.py tests/faults tests/exchange
SLOW := $(FIRST) $(filter-out $(FIRST),$(wildcard tests/journeys/test_*.py)) tests/attacks tests/suites
QUICK := $(filter-out $(SLOW) tests/journeys tests/architecture tests/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)))
test: setup browser check
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder $(SLOW) $(QUICK)

# Peers first, on networks made for the purpose; then what needs a province and a browser.
DATA := $(or $(SPORTSMAP_DATA),var)
bench: setup browser
	$(BIN)/python -m bench
	$(BIN)/python -m bench.siting
	$(BIN)/python -m bench.siting_models
	$(BIN)/python -m bench.forecast_refresh
	$(BIN)/python -m bench.strength
	$(BIN)/python -m warehouse demo --if-missing --size $(SIZE)
	for part in measures circles whatif whatif_browser strength_browser first_view tiles forecast forecast_families flags targets hierarchy; do $(BIN)/python -m bench.$$part --data $(DATA) || exit 1; done

clean:
	rm -rf $(VENV) node_modules assets/vendor .numba_cache
