# eligo: two commands on a fresh machine with Python 3.11 to 3.13, a C compiler and make.
#   make demo   screens a letter and prints the explained verdict (LETTER=path for one of your own)
#   make test   lint, types, layering and tests
# PYTHON=python3.13 takes another Python; the environment lives in .venv and is made again when a lock changes.

PYTHON ?= python3
VENV   ?= .venv
LETTER ?= docs/examples/referral.txt
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

# The released durable-rules has the source only, and calls a function that Python 3.13 has removed.
export CPPFLAGS := $(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject

ifeq ($(UV),)
  CREATE  = $(PYTHON) -m venv --clear $(VENV)
  INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
  CREATE  = $(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
  INSTALL = $(UV) pip install --quiet --python $(BIN)/python
endif

.PHONY: demo test check lock readme format clean

demo: $(VENV)/.installed
	@$(BIN)/eligo screen "$(LETTER)"
	@$(BIN)/eligo explain "$(LETTER)"

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

check: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --hypothesis-profile=check

readme: $(VENV)/.installed-dev
	$(BIN)/python docs/transcripts.py README.md

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# One lock for all three Pythons; needs uv. The second holds the tools of `make test`, in versions that agree with it.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate

lock:
	$(COMPILE) pyproject.toml --all-extras --group build -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "eligo: $(PYTHON) is not Python 3.11, 3.12 or 3.13: name one that is, as in 'make demo PYTHON=python3.12'" >&2; exit 2; }
	@echo "eligo: making the environment in $(VENV) (once, about two minutes)"
	@$(CREATE)
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.created
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
