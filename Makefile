# `make refresh` and `make test` are all a newcomer needs; both install what they use into .venv.

PYTHON := $(shell for p in python3.13 python3.12 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := .venv/bin

.PHONY: refresh test check bench pictures lock clean

refresh: .venv/installed  ## the weekly refresh of the case in this folder
	@$(BIN)/forecast refresh

test: .venv/installed  ## every test, on two cores
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/installed  ## style, types and the case itself
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/forecast check

pictures: .venv/installed  ## the memo and the charts that docs/ shows, of the last forecast
	@$(BIN)/python -m benchmarks.pages

.venv/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.12 or newer must be installed: none of python3.13, python3.12, python3 is." >&2; exit 1; }
	@echo "Installing into .venv (once; some minutes on a first machine) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

bench: .venv/installed  ## speed beside named references, into docs/performance.md (an hour; run nothing else)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "hmmlearn>=0.3.3" "numpyro>=0.19"
	$(BIN)/python -m benchmarks.speed

lock:  ## resolve requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --group dev --output-file requirements.lock --quiet pyproject.toml

clean:
	rm -rf .venv
