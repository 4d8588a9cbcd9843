# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PHOTO_CORPUS ?= ../shared/photos
export PHOTO_CORPUS
export SAM_CLI_TELEMETRY := 0

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

## --- environments: each is made once, from pinned and hashed requirements
$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
venv: $(VENV)/.ready ## make the virtual environment

.venv-%/.ready: requirements/%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/$*.txt
	@touch $@

## --- the main job
demo: $(VENV)/.ready ## publish sample photos on an embedded S3 (PHOTOS=folder for your own, CORRECT="KEY=VALUE …" for their correction)
	@$(BIN)/galleria-storage demo $(if $(PHOTOS),--photos "$(PHOTOS)") $(foreach asked,$(CORRECT),--correct "$(asked)")
local: $(VENV)/.ready ## keep the embedded system running until Ctrl-C
	@$(BIN)/galleria-storage local

## --- checks
test: $(VENV)/.ready ## pass all tests (under 3 minutes)
	$(BIN)/python -m pytest -q -n auto
lint: $(VENV)/.ready ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
types: $(VENV)/.ready ## mypy, strict
	$(BIN)/mypy layers/galleria_storage/galleria_storage cli/galleria_cli
	$(BIN)/mypy functions/publish_photo/app.py
	$(BIN)/mypy functions/audit_cors/app.py
validate: .venv-sam/.ready ## sam validate --lint
	.venv-sam/bin/sam validate --lint

PUT_ON_PATH := import pathlib, sys, sysconfig; \
  pathlib.Path(sysconfig.get_path("purelib"), "galleria-storage.pth").write_text("\n".join(sys.argv[1:]))
# The rooms that are left out are pure: the architecture test lets none of their modules import the SDK.
test-sdk: .venv-sdk-floor/.ready .venv-sdk-newest/.ready ## pass the tests with the oldest SDK that works, and with the newest
	for sdk in floor newest; do \
	  .venv-sdk-$$sdk/bin/python -c '$(PUT_ON_PATH)' $(abspath layers/galleria_storage cli) && \
	  .venv-sdk-$$sdk/bin/python -m pytest -q -n auto $(addprefix --ignore tests/unit/,photos corrections clocks) || exit 1; done
test-package: $(VENV)/.ready .venv-package/.ready ## build the wheel, install it with only its own dependencies, and use it
	$(BIN)/python -m pytest -q tests/package
test-examples: $(VENV)/.ready .venv-examples/.ready ## build the galleries of docs/examples with Hugo and sigal, from a manifest
	$(BIN)/python -m pytest -q tests/examples
.PHONY: test-sdk test-package test-examples

## --- longer suites
model: $(VENV)/.ready ## the publish protocol under SCHEDULES=20000 random schedules and faults
	$(BIN)/python -m tests.model --schedules $(or $(SCHEDULES),20000) $(if $(SEED),--seed $(SEED))
conformance: $(VENV)/.ready .venv-servers/.ready ## the integration suite on SERVERS="moto seaweedfs juicefs ceph"
	S3_SERVERS="$(or $(SERVERS),moto seaweedfs juicefs ceph)" $(BIN)/python -m pytest -q -n 2 tests/integration
survey: $(VENV)/.ready .venv-servers/.ready ## ask SERVERS what they do: the table of docs/providers.md
	@$(BIN)/python -m tests.survey $(SERVERS)
mutants: .venv-mutants/.ready ## share of small faults that the tests find, for SAMPLE=40 of each of ROOMS="photos publishing transfer cors" (SEED=1)
	@.venv-mutants/bin/python -m tests.mutants $(ROOMS) --sample $(or $(SAMPLE),40) --seed $(or $(SEED),1)
.PHONY: mutants
weddings: $(VENV)/.ready ## how often the proposals of `clocks` are wrong, on WEDDINGS=200 generated ones (SEED=1000)
	@$(BIN)/python -m tests.weddings --weddings $(or $(WEDDINGS),200) --seed $(or $(SEED),1000)
.PHONY: weddings
ceph: ## install Ceph's S3 gateway for `make conformance` (Debian, as root)
	@command -v radosgw >/dev/null || { apt-get update -q && \
	  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common; }

## --- the Exif editor and its peers
benchmarks/node_modules: benchmarks/package.json
	cd benchmarks && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent
	@touch $@
exiftool: ## get exiftool by npm, unless EXIFTOOL names one or it is installed
	@[ -n "$$EXIFTOOL" ] || command -v exiftool >/dev/null || $(MAKE) --no-print-directory benchmarks/node_modules
PEERS := PYTHONPATH=layers/galleria_storage:. .venv-peers/bin/python
fidelity: .venv-peers/.ready exiftool ## our editor and its peers (EDITORS=…) over PHOTO_CORPUS=folder, judged by independent readers
	@$(PEERS) -m benchmarks.fidelity "$(PHOTO_CORPUS)" $(if $(EDITORS),--editors $(EDITORS))
fidelity-kinds: .venv-peers/.ready exiftool ## the same for every kind of photo, film and RAW file in PHOTO_CORPUS=folder, one row each
	@$(PEERS) -m benchmarks.fidelity.by_kind "$(PHOTO_CORPUS)" --editors "exiftool -m" exiv2
fidelity-asked: .venv-peers/.ready exiftool ## what `dates` and each group of `remove` change in PHOTO_CORPUS=folder besides what was asked for
	@$(PEERS) -W ignore -m benchmarks.fidelity.asked "$(PHOTO_CORPUS)"
dates: .venv-peers/.ready exiftool ## which date other programs show for the photos in PHOTO_CORPUS=folder after `dates: all`
	@$(PEERS) -m benchmarks.dates "$(PHOTO_CORPUS)"
privacy: .venv-peers/.ready exiftool ## what the photos in PHOTO_CORPUS=folder reveal, before and after removal
	@$(PEERS) -m benchmarks.privacy "$(PHOTO_CORPUS)"
bench-exif: .venv-peers/.ready exiftool ## what one correction costs, compared with exiftool, piexif, pyexiv2 and Pillow
	@$(PEERS) -m benchmarks.bench_exif
	@$(PEERS) -m benchmarks.bench_kinds
fuzz: .venv-fuzz/.ready ## fuzz head parser, TIFF editor, formats and correction parser for SECONDS=600
	@PYTHONPATH=layers/galleria_storage:. .venv-fuzz/bin/python -m tests.fuzz --seconds $(or $(SECONDS),600)
fuzz-time: $(VENV)/.ready ## search for photos of every format that take long, for SECONDS=600; above 50 ms is a failure
	@PYTHONPATH=layers/galleria_storage:. $(BIN)/python -m tests.fuzz.slowest --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))
.PHONY: exiftool dates privacy fidelity fidelity-kinds fidelity-asked bench-exif fuzz fuzz-time

bench-upload: $(VENV)/.ready .venv-servers/.ready ## upload folders twice, compared with rclone, s5cmd and aws s3 sync (ROUNDS=3), and one large file
	@$(BIN)/python -m benchmarks.bench_upload --rounds $(or $(ROUNDS),3)
bench-many: $(VENV)/.ready .venv-servers/.ready ## memory of the commands with FILES=100000, and of listings with a million keys
	@nice $(BIN)/python -m benchmarks.many_files --files $(or $(FILES),100000)
drop: $(VENV)/.ready .venv-servers/.ready ## cut the network for AWAY=60 seconds in the middle of FILES=2000, compared with rclone and s5cmd
	@$(BIN)/python -m benchmarks.network_drop --files $(or $(FILES),2000) --away $(or $(AWAY),60)
.PHONY: bench-upload bench-many drop

## --- the stack: built, deployed into an emulator, run in Lambda's own runtime
# Lambda's Python where this machine has one that runs, else the one at hand (then without bytecode in the build).
RUNTIME_PYTHON = $(firstword $(foreach python,python3.13 $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13) $(PYTHON), \
  $(shell $(python) -c "" 2>/dev/null && echo $(python))))
.venv-runtime/.ready: requirements/runtime.txt
	$(RUNTIME_PYTHON) -m venv .venv-runtime
	.venv-runtime/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/runtime.txt
	@touch $@
build: .venv-sam/.ready .venv-runtime/.ready ## build functions and layer as `sam deploy` uploads them, into .aws-sam/build
	PATH="$(abspath .venv-sam/bin):$(abspath .venv-runtime/bin):$$PATH" MAKEFLAGS= sam build
test-runtime: $(VENV)/.ready .venv-servers/.ready build ## run the built functions in Lambda's runtime; deploy them into an emulator
	$(BIN)/python -m pytest -q tests/runtime tests/stack
engine: ## install what a throw-away Docker engine for `make test-sam` needs (Debian, as root)
	@docker version >/dev/null 2>&1 || command -v dockerd >/dev/null || { apt-get update -q && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
	  apt-get install -q -y --no-install-recommends docker.io containerd runc iptables iproute2 busybox-static; }
test-sam: $(VENV)/.ready build ## every documented `sam local invoke`, with Docker or as root with a throw-away engine
	bash tests/sam/engine.sh $(BIN)/python -m pytest -q -rs tests/sam || \
	  { status=$$?; [ $$status = 97 ] && echo "make test-sam: SKIPPED, no engine can be started here" || exit $$status; }
bench-cold: $(VENV)/.ready .venv-servers/.ready build ## cold start compared with a bare boto3 handler, with and without bytecode
	@$(BIN)/python -m benchmarks.bench_cold
hops: $(VENV)/.ready ## how many files a photo passes from event to copy, and how often it goes from one to another
	@$(BIN)/python -m benchmarks.hops
costs: $(VENV)/.ready ## the costs and limits of docs/operations.md, from prices and measured milliseconds (WRITE=1 puts them there)
	@$(BIN)/python -m benchmarks.costs $(if $(WRITE),--write)
.PHONY: hops costs
tests/guard/node_modules: tests/guard/package.json
	cd tests/guard && npm install --no-package-lock --omit=peer --no-audit --no-fund --ignore-scripts --silent
	@touch $@
check-guard: .venv-sam/.ready tests/guard/node_modules ## cfn-guard with AWS Control Tower's rules over the translated template
	.venv-sam/bin/python -m tests.guard
check-template: .venv-sam/.ready .venv-checkov/.ready ## sam validate, cfn-lint, checkov, cfn-guard: no finding without a written reason
	.venv-sam/bin/sam validate --lint
	.venv-sam/bin/cfn-lint template.yaml
	.venv-checkov/bin/checkov -f template.yaml --framework cloudformation --skip-download --compact --quiet
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-guard; \
	  else echo "make check-guard: SKIPPED, it needs npm"; fi
outage: $(VENV)/.ready .venv-servers/.ready build ## EVENTS=10000 through the built function, the provider AWAY=300 seconds
	@nice $(BIN)/python -m benchmarks.outage --events $(or $(EVENTS),10000) --away $(or $(AWAY),300)
check-shapes: .venv-sam/.ready ## every shape that the parameters allow, and cfn-lint in every partition (5 minutes)
	.venv-sam/bin/python -m tests.shapes
.PHONY: build test-runtime engine test-sam bench-cold check-guard check-template check-shapes outage

## --- what comes from others: pinned, listed, without known vulnerabilities
SBOM := artifacts/sbom.json
CARRIED := layers/galleria_storage/requirements.txt layers/galleria_storage/requirements-compiled.txt
$(SBOM): .venv-ci/.ready $(CARRIED) pyproject.toml
	@mkdir -p $(@D)
	cat $(CARRIED) | .venv-ci/bin/cyclonedx-py requirements - --pyproject pyproject.toml \
	  --mc-type library --output-reproducible --output-file $@
sbom: $(SBOM) ## list what is in the layer, as CycloneDX, in artifacts/sbom.json
audit: .venv-ci/.ready ## check the dependencies for known vulnerabilities (SKIPPED if the database does not answer)
	@.venv-ci/bin/python -m tests.supply $(CARRIED) requirements/package.txt requirements/local.txt
check-supply: $(VENV)/.ready sbom audit ## audit, list of parts, and the workflows' syntax and habits
	.venv-ci/bin/check-jsonschema -q --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv-ci/bin/check-jsonschema -q --builtin-schema vendor.dependabot .github/dependabot.yml
	.venv-ci/bin/zizmor -q --offline --persona pedantic .github
	$(BIN)/python -m pytest -q tests/supply
.PHONY: sbom audit check-supply

## --- CORS: what a browser does
cors-servers: $(VENV)/.ready .venv-servers/.ready ## the CORS evaluator against CORS_SERVERS="ceph ministack seaweedfs" (RULE_SETS=300 SEED=1)
	$(BIN)/python -m pytest -q -s tests/interop/test_cors_evaluator.py
chromium: ## install Chromium and its driver for `make test-browser` (Debian, as root)
	command -v chromium >/dev/null && command -v chromedriver >/dev/null || { apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium chromium-driver; }
tests/browser/node_modules: tests/browser/package.json
	cd tests/browser && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent
	@touch $@
test-browser: .venv-browser/.ready .venv-servers/.ready ## the gallery page and the light table in Chromium (BROWSER_SERVERS="ministack ceph")
	@command -v npm >/dev/null && $(MAKE) --no-print-directory tests/browser/node_modules \
	  || echo "make test-browser: the accessibility rules are SKIPPED: npm could not get them"
	PYTHONPATH=layers/galleria_storage:cli .venv-browser/bin/python -m pytest -q -s tests/browser
BROWSER := PYTHONPATH=layers/galleria_storage:cli:. .venv-browser/bin/python
bench-look: .venv-browser/.ready ## the light table with PHOTOS=5000 in Chromium: first view, frames a second while zooming
	@$(BROWSER) -m benchmarks.bench_look --photos $(or $(PHOTOS),5000)
screenshots: .venv-browser/.ready ## the pictures of the light table in docs/pictures, of a wedding with drawn photos
	$(BROWSER) -m tests.browser.screenshots
.PHONY: cors-servers chromium test-browser bench-look screenshots

## --- packaging
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make requirements"
requirements: ## compile every requirements/*.in to a file with hashes (needs uv)
	for f in layers/galleria_storage/*.in; do $(COMPILE) $$f -o $${f%.in}.txt; done
	for f in requirements/*.in; do [ $$f = requirements/tests.in ] || $(COMPILE) $$f -o $${f%.in}.txt; done
	$(COMPILE) requirements/sdk-newest.in -o requirements/sdk-newest.txt \
	  --upgrade-package boto3 --upgrade-package botocore --upgrade-package s3transfer --upgrade-package urllib3
clean: ## remove what the targets made
	rm -rf .venv .venv-* .aws-sam .cache artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
.PHONY: help venv demo local test lint types validate model conformance survey ceph requirements clean
bench-publish: $(VENV)/.ready .venv-servers/.ready ## what publishing costs, compared with a naive handler and a bare relay; 1,000 photos under fire
	@nice $(BIN)/python -m benchmarks.bench_publish $(if $(SERVERS),--servers $(SERVERS)) $(if $(SIZES),--sizes $(SIZES))
.PHONY: bench-publish
