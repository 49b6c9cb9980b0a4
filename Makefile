# Kanalkompass: the commands a person needs. scripts/prepare does what a fresh machine lacks.
.PHONY: run test sandbox bench truth attack faults lighthouse tour lint messages
PYTHON := .venv/bin/python
# Dozens of processes load the same files: without this, each of them would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE
# Two workers; tests/order.py says what stays on one of them, so that what it starts is started once.
WORKERS ?= 2

run:
	@sh scripts/prepare && KK_END_WITH_PARENT=1 exec $(PYTHON) manage.py up

test:
	@sh scripts/prepare --for-tests && exec $(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

sandbox:
	@sh scripts/prepare --python-only && exec $(PYTHON) -m sandbox $(ARGS)

bench:
	@sh scripts/prepare --python-only && exec $(PYTHON) -m tests.bench $(ARGS)

truth:
	@sh scripts/prepare --python-only && exec $(PYTHON) -m tests.truth $(ARGS)

attack:
	@sh scripts/prepare --for-attack && exec $(PYTHON) -m tests.attack $(ARGS)

faults:
	@sh scripts/prepare --for-faults && exec $(PYTHON) -m tests.faults $(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)

# VAR=folder looks at a demonstration that runs already; else one is started and ended.
lighthouse:
	@sh scripts/prepare --for-lighthouse && exec $(PYTHON) -m tests.lighthouse $(if $(VAR),--var $(VAR)) $(ARGS)

tour:
	@sh scripts/prepare --for-tests && exec $(PYTHON) -m tests.tour $(if $(VAR),--var $(VAR)) $(ARGS)

lint:
	@sh scripts/prepare --for-lint && exec sh scripts/lint

messages:
	@sh scripts/prepare --python-only && . scripts/static-environment && exec $(PYTHON) manage.py messages --extract
