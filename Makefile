# Remit: everything a developer or a user runs. `make` lists it.

.DEFAULT_GOAL := help
CARGO ?= cargo
# Heavy checks take SECONDS= or CASES=, and SEED=.
CASES ?=
SEED ?=
SECONDS ?=
RUNS ?=
EVENTS ?=
ONLY ?=
export SECONDS RUNS EVENTS ONLY
BUF_VERSION := 1.75.0
MACHETE_VERSION := 0.9.2
# The wire that was promised to callers, as a descriptor.
WIRE := proto/promised.binpb

.PHONY: help
help: ## List the targets
	@echo 'Remit. Targets:'
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/\1\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: need
need:
	@command -v $(CARGO) >/dev/null || { echo 'missing: Rust; install it from https://rustup.rs'; exit 1; }
	@command -v cc >/dev/null || { echo 'missing: a C compiler; on Debian: apt-get install gcc'; exit 1; }

.PHONY: run
run: need ## Serve England 2013-2026 on 127.0.0.1:7711; DATA= for another directory than .remit
	$(CARGO) run --locked -p remit -- serve --data $(or $(DATA),.remit) --load england

.PHONY: test
test: need ## Run all tests, the short versions of the heavy ones included; names what it skips
	@rm -rf target/skipped
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		set -x; $(CARGO) nextest run --locked --workspace --no-fail-fast && $(CARGO) test --locked --workspace --doc; \
	else \
		set -x; $(CARGO) test --locked --workspace --no-fail-fast; \
	fi
	@cat target/skipped/* 2>/dev/null || echo 'nothing was skipped'

.PHONY: check
check: fmt lint deps proto doc test ## Exactly what CI runs

.PHONY: fmt
fmt: need ## Check the formatting
	$(CARGO) fmt --all --check

.PHONY: lint
lint: need ## Clippy, warnings denied; what a pure crate may depend on; the house rules
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@sh tests/pure-crates.sh
	@sh tests/house.sh

.PHONY: deps
deps: need ## Dependencies that nothing uses (cargo-machete, installed into .tools)
	@test -x .tools/bin/cargo-machete || $(CARGO) install --quiet --locked --root .tools cargo-machete@$(MACHETE_VERSION)
	.tools/bin/cargo-machete

.PHONY: doc
doc: need ## Build the documentation of every crate, warnings denied
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --workspace --no-deps --quiet

BUF := .tools/node_modules/.bin/buf
.PHONY: buf
buf:
	@command -v npm >/dev/null || { echo 'missing: npm, for buf; on Debian: apt-get install npm'; exit 1; }
	@test -x $(BUF) || npm install --silent --no-fund --no-audit --prefix .tools @bufbuild/buf@$(BUF_VERSION)

.PHONY: proto
proto: buf ## Lint the protos, and compare them with the wire as it is promised (buf, installed into .tools)
	$(BUF) lint
	$(BUF) breaking --against $(WIRE)

.PHONY: promise
promise: buf proto ## Promise the wire as it is now: what was added cannot be taken back
	$(BUF) build --exclude-source-info -o $(WIRE)

.PHONY: parquet
parquet: need ## Build and test with exports as Parquet files
	$(CARGO) clippy --locked -p remit -p remit-archive --features remit/parquet --all-targets -- -D warnings
	$(CARGO) test --locked -p remit-archive --features parquet
	$(CARGO) build --locked -p remit --features parquet

.PHONY: crash
crash: need ## kill -9 during a load: CASES= kills (default 500), SEED= their moments
	REMIT_CRASH_CASES=$(or $(CASES),500) REMIT_CRASH_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p remit --test it crash -- --nocapture

.PHONY: histories
histories: need ## Random histories against what must always hold: CASES= histories (default 1000), SEED=
	REMIT_HISTORIES=$(or $(CASES),1000) REMIT_HISTORIES_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test properties -- --nocapture

.PHONY: oracle
oracle: need ## The register against the independent model, in Python: CASES= questions (default 1000000), SEED=
	REMIT_ORACLE_CASES=$(or $(CASES),1000000) REMIT_ORACLE_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test agrees -- --nocapture

.PHONY: chains
chains: need ## Who answers on a later day, over random successions and schemes: CASES= questions (default 100000), SEED=
	REMIT_CHAINS=$(or $(CASES),100000) REMIT_CHAINS_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test chains -- --nocapture

.PHONY: races
races: need ## Racing commands that want the same function: CASES= commands (default 1000000), SEED=
	REMIT_RACES=$(or $(CASES),1000000) REMIT_RACES_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test races -- --nocapture

.PHONY: watches
watches: need ## Watches against asking everything again: CASES= histories (default 1000), SEED=
	REMIT_WATCHES=$(or $(CASES),1000) REMIT_WATCHES_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test watches -- --nocapture

.PHONY: imports
imports: need ## England's rows shuffled and cut into imports: the same answers; CASES=200
	REMIT_IMPORTS=$(or $(CASES),200) $(if $(SEED),REMIT_IMPORTS_SEED=$(SEED)) \
		$(CARGO) test --release --locked -p acceptance --test it imports -- --nocapture

.PHONY: anew
anew: need ## The rows of law against a second reading of the statutes, with each difference meant
	$(CARGO) test --release --locked -p acceptance --test it anew -- --nocapture

.PHONY: sureness
sureness: need ## No answer of England is surer than its rows allow; how much of QOF is known, by DATA= if given
	$(if $(DATA),REMIT_SURENESS_DATA=$(abspath $(DATA)) )$(CARGO) test --release --locked -p acceptance --test it sureness -- --nocapture

.PHONY: statements
statements: need ## Statements changed, forged and half hidden against both verifiers: CASES= cases (default 100000), SEED=
	REMIT_STATEMENTS=$(or $(CASES),100000) REMIT_STATEMENTS_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p oracle --test statements -- --nocapture

.PHONY: for-ever
for-ever: need ## Replies for earlier positions, asked again after later appends: CASES= histories (default 100), SEED=
	REMIT_FOR_EVER=$(or $(CASES),100) REMIT_FOR_EVER_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p acceptance --test it for_ever -- --nocapture

.PHONY: mutants
mutants: need ## Change the core in small ways and list what no test notices: FILES= (hours for all of them)
	@FILES='$(FILES)' sh tests/mutants.sh

.PHONY: law-mutants
law-mutants: need ## Change each row of law in each small way and name the answer that notices: CASES= changes (default all), SEED=, ROW= of some rows
	$(if $(ROW),REMIT_LAW_ROW=$(ROW) )REMIT_LAW_MUTANTS=$(or $(CASES),1000000) REMIT_LAW_MUTANTS_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p acceptance --test it every_row_of_law -- --nocapture

.PHONY: soak
soak: need ## Subscribers and groups cut at random moments while clients record: SECONDS= (default 7200), SEED=
	REMIT_SOAK_SECONDS=$(or $(SECONDS),7200) REMIT_SOAK_SEED=$(or $(SEED),1) $(CARGO) test --locked --release -p remit --test it what_is_received -- --nocapture

.PHONY: release-check
release-check: check ## What a release needs beyond the gate: two builds compared, bill of materials, advisories
	@sh tests/release-check.sh

.PHONY: bench
bench: need ## Measure beside bare transport and store: SECONDS= a run, RUNS=, EVENTS=, ONLY=load,answering,questions,appends,streams,follow,replay,ledger
	$(CARGO) build --locked --release -p remit -p bench
	./target/release/bench

.PHONY: clean
clean: ## Remove what was built
	$(CARGO) clean
	rm -rf .tools
