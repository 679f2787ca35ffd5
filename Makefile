# Obelism. `make run` and `make test` need Python 3.11 or newer, Node 20.19 or newer, and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup run test test-tools check bench browser audit licences sbom lock train screenshots clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
DIST := dist
EXTENSION := $(shell find extension -type f 2>/dev/null) wxt.config.ts tsconfig.json
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
say = @printf '\033[1m==> %s\033[0m\n' $(1)

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(STAMPS)/python $(STAMPS)/extension  ## Make .venv and build the extension

$(STAMPS)/python: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python"; exit 1; }
	$(call say,"Python packages into $(VENV): two or three minutes the first time")
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is needed: on Debian, apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' 2>/dev/null \
	  || { echo "Node 20.19 or newer is needed: install it, and try again"; exit 1; }
	$(call say,"Node packages: a minute the first time")
	@npm ci --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/extension: $(STAMPS)/node $(EXTENSION)
	$(call say,"The extension for Chromium and Firefox")
	@npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

run: setup  ## Serve on this machine, with the starter claims
	@printf '\n%s\n' \
	  'Without a browser extension: open http://127.0.0.1:8750/ and paste an article.' \
	  'With it, in Chromium: chrome://extensions, switch on Developer mode, "Load unpacked", and choose' \
	  '    $(CURDIR)/.output/chrome-mv3' \
	  'With it, in Firefox: about:debugging#/runtime/this-firefox, "Load Temporary Add-on", and choose' \
	  '    $(CURDIR)/.output/firefox-mv3/manifest.json' ''
	@exec $(BIN)/obelism serve

test: setup test-tools  ## Install what tests need and run them all, in real browsers too
	@mkdir -p .test-results
	@status=0; \
	$(BIN)/pytest 2>&1 | tee .test-results/pytest.log || status=1; \
	npm test || status=1; \
	echo "pytest: $$(tail -n 1 .test-results/pytest.log)"; \
	exit $$status

test-tools:
	@.ci/tools

check: setup  ## Lint and types, both languages
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy
	@npm run --silent check

bench: setup  ## Quality and speed beside the peers, in one table; some of it: make bench PARTS="pages paws"
	@$(BIN)/python tests/bench $(PARTS)

browser: setup  ## Open Chromium with the extension loaded
	@test -n "$(CHROMIUM)" || { echo "Chromium was not found: install it, or say make CHROMIUM=/path/to/it browser"; exit 1; }
	@exec "$(CHROMIUM)" --user-data-dir="$(CURDIR)/.browser-profile" --no-first-run \
	  --disable-features=DisableLoadExtensionCommandLineSwitch \
	  --load-extension="$(CURDIR)/.output/chrome-mv3" http://127.0.0.1:8750/

audit: setup  ## Known vulnerabilities of what we depend on
	$(call say,"Asking the package registries for advisories: a minute")
	@# --strict: a package that the advisories do not know is a failure, not a pass.
	@status=0; \
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner on --requirement requirements.lock || status=1; \
	npm audit || status=1; \
	exit $$status

licences: setup  ## The licence of everything we depend on
	@$(BIN)/python .ci/licences.py

sbom: setup  ## Bills of materials (CycloneDX) into dist/
	@mkdir -p $(DIST)
	$(call say,"Bills of materials: half a minute")
	@$(BIN)/cyclonedx-py environment --output-format JSON --output-file $(DIST)/sbom-service.cdx.json $(BIN)/python
	@npm sbom --sbom-format cyclonedx > $(DIST)/sbom-extension.cdx.json
	@echo "$(DIST)/sbom-service.cdx.json  $(DIST)/sbom-extension.cdx.json"

lock: $(STAMPS)/python  ## Choose the versions of requirements.lock anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --extra dev --extra postgres --extra redis pyproject.toml --output-file requirements.lock

train: $(STAMPS)/train  ## Train what ships: the verifier and the small models
	$(call say,"Two stages of training: about three hours on two cores")
	@.venv-train/bin/python training/train.py --out .training
	@.venv-train/bin/python training/export.py .training/verifier.pt
	$(call say,"The small models around it: a quarter of an hour")
	@.venv-train/bin/python training/calibrate.py

$(STAMPS)/train: pyproject.toml
	$(call say,"Python packages for training into .venv-train: several minutes the first time")
	@$(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip install --disable-pip-version-check --editable '.[train]'
	@mkdir -p $(STAMPS) && touch $@

screenshots: setup  ## Pictures of the extension into docs/screenshots/
	@npm run --silent screenshots

clean:  ## Remove everything that was made here, the database and trained networks aside
	rm -rf $(VENV) .venv-train node_modules .output .wxt $(DIST) $(STAMPS) .test-results .browser-profile \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis server/*.egg-info
