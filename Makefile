# Two commands on a fresh machine: `make run` and `make test`. The work is in deploy/bootstrap.py.
.PHONY: run test check bench install clean
.DEFAULT_GOAL := run
BOOTSTRAP := exec python3 deploy/bootstrap.py

run:      ## everything up, with the demo district on the first run
	@$(BOOTSTRAP) run

test:     ## every test, from a cold clone too; `make test ARGS="huying/kernel -x"` for some
	@$(BOOTSTRAP) test $(ARGS)

check:    ## the guards: style, types, layers, migrations, settings
	@$(BOOTSTRAP) check $(ARGS)

bench:    ## one table of measurements, and JSON under var/bench
	@$(BOOTSTRAP) bench $(ARGS)

install:  ## packages only
	@$(BOOTSTRAP) install

clean:    ## what can be made again; data under var/ stays
	rm -rf .venv .uv node_modules huying/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find huying demo -name '*.mo' -delete -o -name '*.mo.made-from' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
