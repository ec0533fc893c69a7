# Everything is installed into .venv from uv.lock, once; README.md says what the commands do.
# Options are passed on: make story ARGS="--theme courage --type bedtime --character maya"

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
MEMBERS := packages/emulator_models packages/emulator

export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

.PHONY: help story up test check audit money queue chaos incidents bench
help:
	@echo "make story   one book, into out/<story-id>/"
	@echo "make up      the local stack, until Ctrl-C"
	@echo "make test    the whole test suite"
	@echo "make check   format, lint, types, import rules"
	@echo "make audit   what is known against the dependencies that are locked"
	@echo "make money   2,000 steps of a family, its workers and its operator; what that costs is judged"
	@echo "make queue   the queue under 20,000 interleavings; then each of its conditions taken away, and who notices"
	@echo "make chaos   200 stories while providers fail and every process is killed in turn; ten minutes"
	@echo "make incidents  a dozen incidents, and what doctor, alert, trace and family each say; a quarter of an hour"
	@echo "make bench   every figure that has a goal, against the emulator; twenty minutes or so"

story: .venv/.stack
	@$(BIN)/storytailor story $(ARGS)

up: .venv/.stack
	@$(BIN)/storytailor up $(ARGS)

# The suite waits more than it computes, hence more processes than cores; each takes up to a gigabyte.
TEST_PROCESSES = $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$(( cores < 3 ? 2 * cores : 5 )))
test: .venv/.everything
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.everything
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# deploy/audit.py says what its exit codes are; make itself ends with 2 for every one but 0.
audit: .venv/.everything
	@$(BIN)/python deploy/audit.py

# Other steps each time; it ends with the shortest way to whatever is wrong.
money: .venv/.everything
	MONEY_STEPS=2000 $(BIN)/python -m pytest --timeout 1800 tests/db/test_money.py $(ARGS)

# It prints for each condition of the queue's SQL what noticed that it was gone, and after how many steps.
queue: .venv/.everything
	QUEUE_STEPS=20000 $(BIN)/python -m pytest --timeout 14400 tests/db/test_queue_machine.py $(ARGS)

# Another seed each time; the report says which, and ARGS="--seed 7" asks for the same plan again.
chaos: .venv/.everything
	@$(BIN)/python -m bench.chaos $(ARGS)

incidents: .venv/.everything
	@$(BIN)/python -m bench.incidents --page docs/incidents.md $(ARGS)

bench: .venv/.everything
	@$(BIN)/python -m bench $(ARGS)

# --inexact: `make story` does not take away what `make test` has installed.
# An index that mirrors PyPI under another name is pip's to know, hence the second way to the same versions.
define install
	@echo "Installing into .venv (the first time takes a minute or two) …"
	@$(BIN)/uv sync --frozen --inexact --compile-bytecode $(1) || { \
	    echo "uv could not reach the locked files; trying pip, which knows your package index …"; \
	    $(BIN)/uv export --quiet --frozen --no-emit-workspace $(1) --output-file .venv/requirements.txt >/dev/null && \
	    $(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement .venv/requirements.txt && \
	    $(BIN)/python -m pip install --quiet --no-deps \
	        $(foreach member,. $(MEMBERS),--editable $(member)) ; }
	@touch $@
endef

.venv/.stack: uv.lock pyproject.toml $(MEMBERS:=/pyproject.toml) | $(BIN)/uv
	$(call install,--no-default-groups --group local)

.venv/.everything: uv.lock pyproject.toml $(MEMBERS:=/pyproject.toml) | $(BIN)/uv
	$(call install,)

$(BIN)/uv:
	@command -v $(PYTHON) >/dev/null || { \
	    echo "There is no $(PYTHON). Install Python 3.11 or later, or name yours: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Storytailor needs Python 3.11 or later and found $$($(PYTHON) --version)." \
	         "Name another: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
