# `make refresh` and `make test` are all a newcomer needs; both install what they use into .venv.

PYTHON := $(shell for p in python3.13 python3.12 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := .venv/bin

.PHONY: refresh test check docs bench pictures lock clean

refresh: .venv/installed  ## the weekly refresh of the case in this folder
	@$(BIN)/forecast refresh

test: .venv/installed  ## every test, on two cores
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/installed  ## style, types and the case itself
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/forecast check

docs: .venv/docs-installed  ## the site, into docs/_build; a warning or a dead link is an error
	@$(BIN)/python -m sphinx --fresh-env --nitpicky --fail-on-warning --quiet docs docs/_build
	@$(BIN)/python -m benchmarks.links docs/_build
	@echo docs/_build/index.html

pictures: .venv/installed  ## the memo and the charts that docs/ shows, of the last forecast
	@$(BIN)/python -m benchmarks.pages

.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.12 or newer must be installed: none of python3.13, python3.12, python3 is." >&2; exit 1; }
	@echo "Installing into .venv (once; some minutes on a first machine) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/docs-installed: .venv/installed requirements-docs.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-docs.lock
	@touch $@

bench: .venv/installed  ## speed beside named references, into docs/performance.md (an hour; run nothing else)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "hmmlearn>=0.3.3" "numpyro>=0.19"
	$(BIN)/python -m benchmarks.speed

LOCK := uv pip compile --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --quiet

lock:  ## resolve both locks anew (needs uv); what the site's shares with the other has the same version
	$(LOCK) --group dev --output-file requirements.lock pyproject.toml
	$(LOCK) --group docs --constraint requirements.lock --output-file requirements-docs.lock

clean:
	rm -rf .venv
