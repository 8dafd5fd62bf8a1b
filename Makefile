# make demo    builds and plays the main job in a temporary home        (make demo ARGS="--residents 1000 --lang en")
# make test    every test                                               (Scripts/test FILTER runs some)
# make lint    the rules of the house
# make bench   measures everything that has a limit                     (make bench ARGS="--save NAME")
#              make bench-audit and make bench-audit-index: the log alone (make bench-audit ARGS="--entries 1000000")
# make clean   removes what builds made
#
# Each installs the Debian packages that it misses and can be run again at any time.

.PHONY: demo test lint release bench bench-audit bench-audit-index clean
ARGS ?=

demo:
	@Scripts/setup demo
	swift build -c release --product hangu
	@"$$(swift build -c release --show-bin-path)/hangu" demo $(ARGS)

test:
	@Scripts/setup test
	@Scripts/test

lint:
	@Scripts/setup lint
	@Scripts/lint

release:
	@Scripts/setup bench
	swift build -c release --product hangu

# All of them run, whatever the first says; a limit that any missed is the end's status.
bench: release
	@hangu="$$(swift build -c release --show-bin-path)/hangu"; status=0; \
	Scripts/bench --hangu "$$hangu" $(ARGS) || status=1; \
	Scripts/bench-audit --hangu "$$hangu" || status=1; \
	Scripts/bench-audit-index --hangu "$$hangu" || status=1; \
	Scripts/bench-cedar --hangu "$$hangu" || status=1; \
	Scripts/bench-crypto --hangu "$$hangu" || status=1; \
	Scripts/bench-analysis --hangu "$$hangu" || status=1; \
	Scripts/bench-decision --hangu "$$hangu" || status=1; \
	Scripts/bench-policy --hangu "$$hangu" || status=1; \
	Scripts/bench-keys --hangu "$$hangu" || status=1; \
	exit $$status

bench-audit bench-audit-index: release
	@Scripts/$@ --hangu "$$(swift build -c release --show-bin-path)/hangu" $(ARGS)

clean:
	rm -rf .build
