# The commands of the project. `make demo` shows what it does, `make test` runs every test.
#
#   make build     the library, static and shared, in build/lib
#   make tool      the command-line tool, build/lib/iamlet
#   make help      this list
#   make install   installs both below PREFIX=/usr/local, with headers, iamlet.pc and files for CMake
#   make demo      an organization's guardrails, decided through the C library; needs cargo and a C compiler
#   make test      everything that CI runs
#   make bare-metal           the engine on a Cortex-M4 in QEMU, and what it takes there
#   make dist      the archives of a release, in build/dist
#   make gateway-test         nginx and Envoy with the engine in them; make gateway-cost measures what it costs them
#   make go-test   the tests of the Go package; make go-bench measures what its calls cost
#   make header    writes include/iamlet.h again, after a change of src/ffi
#   make corpus    fetches the AWS managed policies, for the tests that compile them
#   make bench     measures iamlet and its peers, and writes docs/benchmarks.md (some minutes; more for the first time)
#   make index-check          the index against the scan on CASES=10000000 generated decisions
#   make guard                fails when a count of instructions rose; make accept-instructions accepts it
#   make limits               measures the bound on a decision's work, and writes it into docs/limits.md
#   make hostile   measures what a stranger can cause, and writes it into docs/limits.md; fails where it is too much
#   make accept-abi           accepts a change of the ABI: writes the baselines in tests/abi/
#   make harden    what takes longer: the library and the gateways under sanitizers, and coverage
#   make coverage             the lines that the tests run, and those that they do not
#   make mutants              changes the code of decisions place by place, and sees that a test fails (hours)
#   make fuzz                 fuzzes every target for SECONDS=600, then merges; fuzz/README.md has more
#   make fuzz-smoke           15 seconds of each target: a minute on two processors
#   make clean

CARGO ?= cargo
BUILD := build
LIB := $(BUILD)/lib
STAGE := scripts/stage
VERSION := $(shell sed -n '/^\[workspace.package\]/,/^$$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# Before version 1 each minor version is an ABI of its own, from then on each major version.
ABI := $(shell echo $(VERSION) | sed -E 's/^(0\.[0-9]+|[1-9][0-9]*)\..*/\1/')
SECONDS ?= 600
NO_STD := --release -p iamlet --no-default-features --features capi --target-dir $(BUILD)/cargo

.PHONY: all build help tool demo test header corpus clean setup lint rust-test no-std c-test sanitized-c-test bare-metal cases
.PHONY: install install-test dist cpp-test
.PHONY: abi accept-abi harden coverage mutants fuzz fuzz-smoke fuzz-replay limits hostile hostile-check
.PHONY: go-test go-bench gateway-test sanitized-gateway-test gateway-cost
.PHONY: bench guard accept-instructions index-check

all: build

help:
	@sed -n 's/^#   make/make/p' Makefile

build:
	$(CARGO) rustc $(NO_STD) --crate-type staticlib
	$(CARGO) rustc $(NO_STD) --crate-type cdylib -- -C link-arg=-lc -C link-arg=-Wl,-soname,libiamlet.so.$(ABI)
	mkdir -p $(LIB)
	cp $(BUILD)/cargo/release/libiamlet.a $(LIB)
	cp $(BUILD)/cargo/release/libiamlet.so $(LIB)/libiamlet.so.$(VERSION)
	ln -sf libiamlet.so.$(VERSION) $(LIB)/libiamlet.so.$(ABI)
	ln -sf libiamlet.so.$(ABI) $(LIB)/libiamlet.so

# No path of this machine is in it, so that two folders give the same bytes.
tool:
	@RUSTFLAGS="--remap-path-prefix=$(CURDIR)=iamlet --remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}=cargo" \
	    $(CARGO) build -q --release -p iamlet-cli --target-dir $(BUILD)/tool
	mkdir -p $(LIB)
	cp $(BUILD)/tool/release/iamlet $(LIB)

# With PREFIX, LIBDIR, INCLUDEDIR and DESTDIR, which packaging/install.sh explains and finds in its environment.
install: build tool
	@packaging/install.sh $(LIB) $(VERSION) $(ABI)

dist: build tool
	@packaging/dist.sh $(LIB) $(VERSION) $(ABI) $(BUILD)/dist

install-test: dist
	@packaging/test.sh $(abspath $(LIB)) $(VERSION) $(ABI) $(abspath $(BUILD)/dist)

# Needs cargo and a C compiler, and installs nothing.
demo:
	@$(CARGO) rustc -q $(NO_STD) --crate-type staticlib
	@$(MAKE) -s -C c-examples demo LIB=$(abspath $(BUILD)/cargo/release/libiamlet.a) BUILD=$(abspath $(BUILD)/c)

test: setup
	@$(STAGE) "format and lints" $(MAKE) -s lint
	@$(STAGE) "AWS managed policies" sh -c 'scripts/corpus.sh || echo "SKIPPED: compiling them, for the reason above"'
	@$(STAGE) "Rust tests" $(MAKE) -s rust-test
	@$(STAGE) "core without std or alloc" $(MAKE) -s no-std
	@$(STAGE) "library" $(MAKE) -s build
	@$(STAGE) "C examples and test" $(MAKE) -s c-test
	@$(STAGE) "C under sanitizers and valgrind" $(MAKE) -s sanitized-c-test
	@$(STAGE) "C++ headers" $(MAKE) -s cpp-test
	@$(STAGE) "installing" $(MAKE) -s install-test
	@$(STAGE) "stack and symbols" tests/c/run.sh
	@$(STAGE) "ABI" $(MAKE) -s abi
	@$(STAGE) "bare metal" $(MAKE) -s bare-metal
	@$(STAGE) "Go" $(MAKE) -s go-test
	@$(STAGE) "nginx and Envoy" $(MAKE) -s gateway-test
	@$(STAGE) "case files through the command line" $(MAKE) -s cases
	@$(STAGE) "instructions" $(MAKE) -s guard
	@$(STAGE) "hostile inputs" $(MAKE) -s hostile-check
	@$(STAGE) "fuzzing: seeds and findings" $(MAKE) -s fuzz-replay
	@$(STAGE) "fuzzing" $(MAKE) -s fuzz-smoke

setup:
	@scripts/setup gcc=gcc g++=g++ python3=python3 valgrind=valgrind make=make abidiff=abigail-tools \
	    clang++=clang cmake=cmake pkg-config=pkg-config \
	    /usr/include/gtest/gtest.h=libgtest-dev /usr/include/nlohmann/json.hpp=nlohmann-json3-dev

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy -q --workspace --all-targets --features iamlet/capi,iamlet/std -- -D warnings
	for features in "" alloc capi,std alloc,internals; do \
	    $(CARGO) clippy -q -p iamlet --lib --features "$$features" -- -D warnings || exit 1; done
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -q --no-deps -p iamlet --features alloc

rust-test:
	$(CARGO) test --workspace --features iamlet/capi,iamlet/std

no-std:
	$(CARGO) build -p iamlet --no-default-features

c-test: build
	$(MAKE) -s -C c-examples test LIB=$(abspath $(LIB)/libiamlet.a) BUILD=$(abspath $(BUILD)/c)
	printf '#include "iamlet_easy.h"\n' > $(BUILD)/header.c
	gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only $(BUILD)/header.c
	g++ -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only $(BUILD)/header.c

cpp-test: build
	cpp/tests/run.sh $(abspath $(LIB)/libiamlet.a) $(abspath $(BUILD)/cpp)

sanitized-c-test: build
	$(MAKE) -s -C c-examples test LIB=$(abspath $(LIB)/libiamlet.a) BUILD=$(abspath $(BUILD)/c-sanitized) \
	    CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
	$(MAKE) -s -C c-examples test LIB=$(abspath $(LIB)/libiamlet.a) BUILD=$(abspath $(BUILD)/c) \
	    RUN="valgrind -q --fair-sched=yes --error-exitcode=9"

abi: build
	tests/abi/check.sh $(LIB)/libiamlet.so $(BUILD)/abi

accept-abi: build
	tests/abi/check.sh $(LIB)/libiamlet.so $(BUILD)/abi accept

harden: setup
	@$(STAGE) "the library under sanitizers" tests/c/sanitizers.sh $(BUILD)/sanitizers
	@$(STAGE) "the gateways under sanitizers" $(MAKE) -s sanitized-gateway-test
	@$(STAGE) "coverage" $(MAKE) -s coverage

coverage:
	scripts/coverage.sh $(BUILD)/coverage

mutants:
	scripts/mutants.sh $(BUILD)/mutants

bare-metal: build
	tests/bare-metal/run.sh $(LIB)/libiamlet.a $(BUILD)/bare-metal

go-test: build
	scripts/go.sh test $(BUILD)/go

go-bench: build
	scripts/go.sh bench $(BUILD)/go

gateway-test sanitized-gateway-test: build
	$(CARGO) build -q -p iamlet-cli
	IAMLET="$$(realpath "$${CARGO_TARGET_DIR:-target}")/debug/iamlet" \
		gateways/run.sh $(if $(filter sanitized%,$@),sanitized,test) $(LIB)/libiamlet.a $(BUILD)/gateways

gateway-cost: build
	gateways/run.sh cost $(LIB)/libiamlet.a $(BUILD)/gateways

cases:
	$(CARGO) run -q -p iamlet-cli -- test tests/data/vectors.jsonl tests/data/invalid.jsonl

bench: setup
	@scripts/corpus.sh || echo "without the AWS managed policies"
	@scripts/bench.sh

guard:
	@$(CARGO) build -q --release -p iamlet-bench
	@$(CARGO) run -q --release -p iamlet-bench --bin iamlet-bench -- guard

accept-instructions:
	@$(CARGO) build -q --release -p iamlet-bench
	@$(CARGO) run -q --release -p iamlet-bench --bin iamlet-bench -- accept

limits:
	@$(CARGO) build -q --release -p iamlet-bench
	@$(CARGO) run -q --release -p iamlet-bench --bin iamlet-bench -- bounds

# Without `check` the table is written.
hostile hostile-check:
	@$(CARGO) build -q --release -p iamlet-bench
	@$(CARGO) run -q --release -p iamlet-bench --bin iamlet-bench -- hostile $(if $(filter %-check,$@),check)

index-check:
	@$(CARGO) run -q --release -p iamlet-index-check -- $(CASES)

fuzz: setup
	@scripts/fuzz.sh $(SECONDS)

fuzz-smoke: setup
	@scripts/fuzz.sh 15 smoke

# The bodies on seeds and findings, with any compiler.
fuzz-replay:
	cd fuzz && $(CARGO) fmt --check && $(CARGO) clippy -q --all-targets -- -D warnings && $(CARGO) test -q

header:
	$(CARGO) run -q -p iamlet-header

corpus:
	scripts/corpus.sh

clean:
	rm -rf $(BUILD) target fuzz/target
