# make demo    builds and plays the main job in a temporary home        (make demo ARGS="--residents 1000 --lang en")
# make test    every test                                               (Scripts/test FILTER runs some)
# make lint    the rules of the house
# make bench   times pull, audit and demo                               (make bench ARGS="--save NAME")
# make clean   removes what builds made
#
# Each installs the Debian packages that it misses and can be run again at any time.

.PHONY: demo test lint bench clean
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

bench:
	@Scripts/setup bench
	swift build -c release --product hangu
	@Scripts/bench --hangu "$$(swift build -c release --show-bin-path)/hangu" $(ARGS)
	@Scripts/bench-audit --hangu "$$(swift build -c release --show-bin-path)/hangu"
	@Scripts/bench-audit-index --hangu "$$(swift build -c release --show-bin-path)/hangu"
	@Scripts/bench-cedar
	@Scripts/bench-crypto --hangu "$$(swift build -c release --show-bin-path)/hangu"
	@Scripts/bench-analysis
	@Scripts/bench-decision --hangu "$$(swift build -c release --show-bin-path)/hangu"
	@Scripts/bench-keys --hangu "$$(swift build -c release --show-bin-path)/hangu"

clean:
	rm -rf .build
