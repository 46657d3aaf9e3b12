# `make` alone lists the targets. The first two are all that a learner needs.
FITS   := import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.12 python3.13 python3.11 python; do \
	"$$p" -c '$(FITS)' >/dev/null 2>&1 && echo "$$p" && exit; done; echo python3)
VENV   := .venv
RUN    := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help lab pages reset test test-browser test-rounding refresh doctor progress bench bench-transformer bench-torch train-solar train-finetune train-masked train-inside data lock clean environment

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{ printf "make %-18s %s\n", $$1, $$2 }'

lab: environment ## Set up if needed, check the machine, open JupyterLab (PORT=8890 to choose; EDIT=1 to change the course)
	@$(RUN) -m course_utils lab $(if $(PORT),--port $(PORT)) $(if $(EDIT),--edit)

pages: environment ## Make your own pages in work/ without opening JupyterLab, for another editor
	@$(RUN) -m course_utils pages

reset: environment ## Give LESSON=01 a fresh page in work/; the old one is kept under its date
	@$(RUN) -m course_utils reset "$(LESSON)"

test: environment ## Set up if needed, then verify everything; LESSON=01 for one lesson alone
	@$(RUN) -m tests.run $(LESSON)

test-browser: environment ## Use the learner's pages in a real JupyterLab and Chromium; LESSONS="00 01" to choose
	@LESSONS="$(LESSONS)" $(RUN) -m pytest -q -p no:cacheprovider tests/browser_lab.py

test-rounding: environment ## Verify the short lessons under other arithmetic; ROWS="prescott" to choose, LONG=1 for the long ones
	@$(RUN) -m tests.rounding $(if $(LONG),--long) $(ROWS)

refresh: environment ## Run LESSON=01 (or LESSON=all) in a fresh kernel and write its outputs back
	@$(RUN) .ci/refresh.py $(LESSON)

doctor: environment ## Check Python, packages, data, memory and a short training run
	@$(RUN) -m course_utils doctor

progress: environment ## Show which exercises are solved
	@$(RUN) -m course_utils progress

bench: environment ## Print the figures that the README quotes
	@$(RUN) .ci/bench.py

bench-transformer: environment ## Train the Transformer against the clock; TEXT=path and SECONDS=60 to choose
	@$(RUN) .ci/bench_transformer.py $(if $(TEXT),--text "$(TEXT)") --seconds "$(or $(SECONDS),60)"

bench-torch: environment ## Compare its step with PyTorch's in interleaved pairs; TORCH=a Python that has PyTorch
	@$(RUN) .ci/bench_torch.py "$(TORCH)"

train-solar: environment ## Train the networks of lessons 10 to 12 anew (about four hours; can be stopped and goes on)
	@$(RUN) data/train_steps.py
	@$(RUN) data/train_solar.py
	@$(RUN) data/train_transfer.py

train-inside: environment ## Train the networks of lesson 17's study anew (about a quarter of an hour; can be stopped and goes on)
	@$(RUN) data/train_inside.py

train-finetune: environment ## Train the networks of lesson 18's study of fine-tuning anew (about ten minutes; can be stopped and goes on)
	@$(RUN) data/train_finetune.py

train-masked: environment ## Train the masked and few-shot networks of lesson 18 anew (about ten minutes; can be stopped and goes on)
	@$(RUN) data/train_masked.py

data: environment ## Rebuild every file in data/ from the packages that it comes from (needs a network)
	@$(RUN) data/rebuild.py

lock: ## Resolve requirements.lock anew from pyproject.toml (needs uv and a network)
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --all-extras --no-header \
		--upgrade pyproject.toml -o requirements.lock

clean: ## Remove the environment and all caches; your notebooks and your progress stay
	rm -rf $(VENV) $(VENV)-* .cache .pytest_cache .ruff_cache notebooks/.ruff_cache *.egg-info

environment:
	@$(PYTHON) .ci/build_venv.py $(VENV)
