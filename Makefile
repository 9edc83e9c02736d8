# Needs Python 3.11 or newer with pip and venv. Everything else is installed into .venv, in the versions of constraints.txt.

PYTHON = python3
PORT = 8501
HOST = 127.0.0.1
NAMES =
N = 20000
SECONDS = 300
VENV = .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

app: $(VENV)/app-installed
	$(BIN)/python -m streamlit run server.py --server.port $(PORT) --server.address $(HOST) \
		$(addprefix --server.allowedHosts=,$(NAMES))

test: $(VENV)/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/python -m pytest --numprocesses 2

# The browser tests three times while two loops keep the machine busy: none of them may be in a hurry.
test-busy: $(VENV)/test-installed
	$(BIN)/python -m tools.test_busy

format: $(VENV)/test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/test-installed
	for file in benchmarks/[a-z]*.py benchmarks/*/[a-z]*.py; do \
		echo "== $$file"; $(BIN)/python -m "$$(echo "$${file%.py}" | tr / .)" || exit 1; \
	done

# One table about this machine's GPU. It needs PyTorch 2.11 or newer, NumPy, SciPy, scikit-learn, pandas and safetensors in
# the Python that runs it (PYTHON=...), no network and nothing of ours installed.
gpu:
	$(PYTHON) -m benchmarks.gpu

# Inputs by the thousand through whole chains, each for SECONDS at most: typed formulas to all that a page makes of them,
# links to settings and to pages, curves to a verdict, tables to a trained network, and quick hands over all pages in a
# browser: make fuzz N=100000 SECONDS=3600
fuzz: $(VENV)/test-installed
	$(BIN)/python -W error -m tests.fuzz.formulas $(N) --seconds $(SECONDS)
	$(BIN)/python -W error -m tests.fuzz.links $(N) --seconds $(SECONDS)
	$(BIN)/python -W error -m tests.fuzz.links $(N) --pages --seconds $(SECONDS)
	$(BIN)/python -W error -m tests.fuzz.curves $(N) --seconds $(SECONDS)
	$(BIN)/python -W error -m tests.fuzz.tables $(N) --seconds $(SECONDS)
	$(BIN)/python -W error -m tests.fuzz.hands $(N) --seconds $(SECONDS)

# The runs of all presets, trained ahead into the run store, so that a class finds them at once.
presets: $(VENV)/app-installed
	$(BIN)/python -m trainers.lab.train_presets

# The pictures in the README, taken from the running app.
picture: $(VENV)/test-installed
	$(BIN)/python -m tools.picture

# The compiled catalogue of landscapes, after a change to one of them or to their compiler.
stored: $(VENV)/app-installed
	$(BIN)/python -m tools.stored_rows
	$(BIN)/python -c 'from landscapes.stored import write; write()'

# The newest versions that pyproject.toml allows, from a fresh environment; run the tests before keeping them. Packages
# with drivers are left out: they differ by machine, and PyTorch's wheel names the versions it needs.
constraints:
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --disable-pip-version-check --editable '.[test]'
	build/constraints/bin/python -m pip freeze --all --exclude pip --exclude-editable \
		| grep -Ev '^(nvidia|cuda|triton)' | sed 's/+[a-z0-9.]*$$//' > constraints.txt
	rm -rf build/constraints

clean:
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis *.egg-info

$(VENV)/app-installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the app's dependencies into $(VENV); this takes some minutes, once."
	$(INSTALL) .
	@touch $@

$(VENV)/test-installed: pyproject.toml constraints.txt tests/browser/chromium.py | $(BIN)/python
	@echo "Installing what the app and its tests need into $(VENV); this takes some minutes, once."
	$(INSTALL) '.[test]'
	$(BIN)/python -m tests.browser.chromium
	@touch $(VENV)/app-installed $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }

.PHONY: app test test-busy format benchmarks fuzz gpu presets picture stored constraints clean
