# The commands of this project; `make` alone lists them. A newcomer needs two: make demo, make test.

# Python 3.11 or later is looked for under the usual names; name another one with PYTHON=/path/to/python.
PYTHON ?=
CANDIDATES = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
RECENT = import sys; sys.exit(sys.version_info < (3, 11))

BIN = .venv/bin
RUN = $(BIN)/python
SOURCES = pcu profiling inspections exchanges demo
PIP_INSTALL = $(RUN) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.DELETE_ON_ERROR:
.PHONY: help demo demo-reset test checks lint format bench screenshots messages extract lock lock-upgrade install install-dev

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

demo: install messages ## run a demo installation until Ctrl-C; PORT=8000
	@$(RUN) -m pcu.embedded demo

demo-reset: install ## remove the data of the demo installation
	@$(RUN) -m pcu.embedded reset

test: install-dev messages ## all checks and tests, on servers of their own
	@$(RUN) -m pcu.embedded run -- $(MAKE) --no-print-directory checks

checks: lint ## what `make test` runs, on the servers of DATABASE_URL and REDIS_URL
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) manage.py spectacular --fail-on-warn --validate --file /dev/null
	$(RUN) -m pytest --numprocesses 2 --dist loadgroup

lint: install-dev ## the checks that need no server
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --check templates
	$(BIN)/djlint --quiet --lint templates
	$(RUN) -m mypy $(SOURCES)
	$(BIN)/lint-imports

format: install-dev ## lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

bench: install-dev messages ## measure, on servers that write as safely as real ones
	@$(RUN) -m pcu.embedded run --durable -- $(RUN) -m benchmarks

screenshots: install-dev ## take the pictures of docs/ from a demo that runs; PORT=8000
	$(RUN) -m demo.screenshots http://127.0.0.1:$(or $(PORT),8000)

messages: $(CATALOGUES) ## compile the translations that changed

extract: install-dev ## bring the translations up to date with the texts of the code
	$(RUN) -m pcu.translations

%.mo: %.po .venv/.stamp
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

lock: install-dev ## write the locked requirements anew, keeping the versions that still fit
	$(LOCK) $(LOCK_FLAGS) requirements.in --output-file requirements.txt
	$(LOCK) $(LOCK_FLAGS) requirements-dev.in --output-file requirements-dev.txt

lock-upgrade: LOCK_FLAGS = --upgrade
lock-upgrade: lock ## the same with the newest versions

install: .venv/.stamp
install-dev: .venv/.dev-stamp

.venv/.stamp: requirements.txt
	@for candidate in $(CANDIDATES); do \
	  if "$$candidate" -c '$(RECENT)' 2>/dev/null; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "This needs Python 3.11 or later, and none is found as: $(CANDIDATES)." >&2; \
	  echo "Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	if ! $(RUN) -c '$(RECENT)' 2>/dev/null; then "$$python" -m venv --clear .venv; fi
	@echo "Installing packages (only when requirements.txt has changed)."
	@$(PIP_INSTALL) --requirement requirements.txt
	@touch $@

.venv/.dev-stamp: requirements-dev.txt .venv/.stamp
	@echo "Installing the tools of the checks (only when requirements-dev.txt has changed)."
	@$(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $@
