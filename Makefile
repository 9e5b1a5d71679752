# `make run` starts Ansvar, `make test` checks everything; both set up what they need.

.DEFAULT_GOAL := help
.PHONY: help run test lint fix bench lock demo-mail clean

help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.* ## /  make \1  ·  /p' $(MAKEFILE_LIST)

run: ## Start Ansvar with a demo organisation on http://127.0.0.1:8000
	@scripts/setup.sh run
	@.venv/bin/ansvar serve --demo

test: ## Check everything: style, types, layers, tests with database, mail and browser
	@scripts/setup.sh dev
	@scripts/realparts.sh
	@scripts/test.sh

lint: ## Check style, types and layers only
	@scripts/setup.sh dev
	@scripts/test.sh lint

fix: ## Mend and format what can be mended by machine
	@scripts/setup.sh dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

SIZE = 100k
bench: ## Measure what pages, programs and mail cost; SIZE=10k, 100k, 1m or several with commas
	@scripts/setup.sh dev
	@.venv/bin/ansvar bench --tickets $(SIZE) $(OPTIONS)

lock: ## Choose the versions of all packages anew and write them down with their hashes
	@scripts/setup.sh dev
	@scripts/lock.sh

demo-mail: ## Start mail servers on loopback, to try Ansvar with real mail
	@scripts/setup.sh dev
	@scripts/realparts.sh
	@.venv/bin/python scripts/demo_mail.py

clean: ## Remove everything made here but the data
	@rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
