# The course's commands; `make help` lists them.
# Each does its own set-up: .venv is made from requirements.lock and left alone while that is unchanged.

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# The chapters' matrices are small: threads would only wait for one another, the more so as
# several chapters run at a time.
export OMP_NUM_THREADS ?= 1

PORT ?= 8000
WORKERS ?= auto

# What Jupyter Book 1.x brings along; what else the pages need is the extra "book" of pyproject.toml.
NEXT := sphinx myst-nb sphinx-design sphinx-external-toc sphinxcontrib-bibtex

.DEFAULT_GOAL := help
.PHONY: help set-up book site serve pdf links test kernels chapters check lint format lab bench next lock clean clean-all

help: ## show this list
	@echo "make COMMAND, where COMMAND is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

set-up: ## make .venv, or bring it up to date
	@sh tools/set_up.sh

book: set-up ## build the site to _build/html
	@$(BIN)/jupyter-book build $(BOOK_ARGS) .
	@echo
	@echo "The course stands in _build/html. To read it, run: make serve"
	@echo "or open this file in a browser: $(CURDIR)/_build/html/index.html"

site: set-up ## build the site with pages that run: fetches Python for the browser once (106 MB)
	@$(BIN)/python -m website.live.runtime || true
	@$(MAKE) --no-print-directory book

serve: book ## build the site and show it on this computer (PORT=8000)
	@echo "The course is at http://localhost:$(PORT)/ until you press Ctrl-C."
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html || \
		{ echo "If another program has this port, name a free one: make serve PORT=8001" >&2; exit 1; }

pdf: book ## print the book as one PDF, which the site then links to (needs Chromium)
	@$(BIN)/python website/print_book.py
	@$(BIN)/jupyter-book build .

links: set-up ## ask every address outside the site whether it is still there (needs a network)
	@$(BIN)/jupyter-book build --builder linkcheck --path-output _build/links .

test: set-up ## run all tests: package, chapters, exercises, site and tools (PYTEST_ARGS=...)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

kernels: set-up ## run them on other BLAS kernels, without AVX, with the oldest and the newest NumPy
	@sh tools/kernels.sh $(BIN)/python -q -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

chapters: set-up ## run the chapters and store their outputs (CHAPTER=cross_entropy for one)
	@$(BIN)/python -m tools.chapters $(CHAPTER)

check: set-up ## read the chapters for what the rules refuse, without running them
	@$(BIN)/python -m tools.chapters --check $(CHAPTER)

lint: set-up ## ruff, mypy and the spelling
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m tools.spelling

format: set-up ## let ruff lay out the code, chapters included
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

lab: set-up ## open the chapters in JupyterLab (exercises, after make book, in exercises/pages)
	@$(BIN)/python -c "import jupyterlab, jupyterlab_myst" 2>/dev/null || \
		$(BIN)/python -m pip install --disable-pip-version-check -c requirements.lock -e '.[lab]'
	@$(BIN)/python -m jupyterlab --FileContentsManager.preferred_dir="$(CURDIR)/book" --custom-css \
		--ServerApp.tornado_settings=static_custom_path="$(CURDIR)/tools/lab" $(LAB_ARGS)

bench: set-up ## time the package against its peers
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

# The configuration is Jupyter Book's, less its own two extensions; so are the packages, and Sphinx's are not held back.
next: set-up ## build the pages as after Jupyter Book 1.x: with the newest Sphinx and MyST-NB alone (needs a network)
	@rm -rf _build/next && git clone --quiet . _build/next
	@$(BIN)/jupyter-book config sphinx _build/next
	@sed -i.before "s/'jupyter_book', 'sphinx_comments', //; /^comments_config/d" _build/next/conf.py
	@$(BIN)/python -m venv _build/next/.venv
	@_build/next/.venv/bin/python -m pip install --disable-pip-version-check -q --upgrade -e _build/next $(NEXT) \
		$$($(BIN)/python -c 'import tomllib; print(*(need.partition(">")[0] if need.startswith("sphinx") else need \
		for need in tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["book"] \
		if not need.startswith("jupyter-book")))')
	@cd _build/next && .venv/bin/python -m sphinx -W --keep-going . _build/html

lock: set-up ## resolve requirements.lock anew (LOCK_ARGS=--upgrade for newest versions)
	@$(BIN)/python -m pip install --disable-pip-version-check -q uv
	@$(BIN)/python -m uv pip compile pyproject.toml --extra book --extra test --extra lint --universal \
		--python-version 3.11 --no-annotate --custom-compile-command "make lock" -q -o requirements.lock $(LOCK_ARGS)

clean: ## remove what was built
	rm -rf _build build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

clean-all: clean ## ... and what was fetched: .venv, and the runtime of make site
	rm -rf .venv .cache/live
