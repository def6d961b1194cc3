# What a person runs. `make run` and `make test` need Rust, Node and a C compiler; the rest says what it lacks.
BENCHES = bench-agent bench-server bench-history bench-web bench-100k
.PHONY: run build test faults check bench bench-build $(BENCHES) platforms dev fuzz schemathesis sbom audit web tools
# Apart, so that the agent has only those features of its libraries that it needs itself.
BUILD = cargo build --release --locked -p muster-agent && cargo build --release --locked -p muster

run: build ## build everything, and monitor this computer
	./target/release/muster quickstart

build: web ## release binaries in target/release
	$(BUILD)

test: ## everything: units, the whole server, and the browser; skips what passed and is unchanged, unless FORCE=1
	./scripts/test

faults: ## kill -9, full disks, damage, power cuts and more, as often as docs/trust.md says
	cargo test --locked --workspace --tests --no-run
	MUSTER_FAULTS=full cargo test --locked --workspace --test faults -- --include-ignored --nocapture

check: web e2e/node_modules/.package-lock.json tools ## formats, lints, types, documentation, licences
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
	cd web && npm run check
	cd e2e && npm run check
	target/tools/bin/cargo-deny --workspace check bans licenses sources
	./scripts/check-dockerfiles
	./scripts/check-units
	./scripts/check-docs

bench: bench-build ## every budget beside its peer, into bench/RESULTS.md; for trying: AGENTS=500 INTERVAL=5 RUNS=1
	./scripts/bench

# One part alone; the results keep what the others had. The history has a page of its own, bench/RESULTS-history.md.
$(BENCHES): bench-build
	./scripts/bench $(@:bench-%=%)

bench-build: build
	cargo build --release --locked -p muster-swarm
	cargo build --release --locked -p muster-store --example fleet

platforms: web ## builds for Windows, arm64 and macOS, and runs them under Wine and qemu; installs Debian packages
	./scripts/platforms

dev: ## server, agent and page, rebuilt and restarted on change; the page is at the address that Vite prints
	./scripts/dev

fuzz: target/tools/bin/cargo-fuzz ## fuzz targets for everything that reads untrusted bytes; SECONDS=60 per target
	SECONDS=$(or $(SECONDS),60) ./scripts/fuzz

schemathesis: web ## requests to a real server, generated from its OpenAPI description; needs PyPI once
	cargo build --locked -p muster -p muster-agent
	./scripts/schemathesis

sbom: ## what is in the binaries and in the dashboard, into target/sbom
	./scripts/sbom

audit: tools ## known vulnerabilities in dependencies, if the advisory lists can be reached
	./scripts/audit

web: web/dist/index.html
# Folders count too: they change when a file is removed.
web/dist/index.html: web/node_modules/.package-lock.json \
		$(shell find web -mindepth 1 \( -name node_modules -o -name dist -o -name '*.test.ts' \) -prune -o -print)
	cd web && npm run build
# npm writes this file last.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json %/.npmrc
	cd $* && npm ci --no-audit --no-fund && touch node_modules/.package-lock.json

tools: target/tools/bin/cargo-deny
target/tools/bin/cargo-deny:
	cargo install --locked --root target/tools cargo-deny
target/tools/bin/cargo-fuzz:
	cargo install --locked --root target/tools cargo-fuzz
