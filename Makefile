# Every target is one command; where there is no make, type that command (.venv/bin/… or .venv\Scripts\…).
# LANGUAGE=ko|en   CLUSTER=auto|embedded|kind|context:NAME|a seat's kubeconfig   PORT=8888   PYTHON=python3   IMAGE=kind's node image

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LAB := $(VENV)/.installed-lab
SITE := $(VENV)/.installed-site
PYTEST := $(BIN)/python -m pytest
# as many processes as processors; tools/forked.py says why not by xdist where there is another way
AT_ONCE := $(if $(filter Linux,$(shell uname -s 2>/dev/null)),-p tools.forked,-n auto --dist worksteal)

# some machines want no __pycache__ in their trees: then every process here would compile all it imports again
unexport PYTHONDONTWRITEBYTECODE
export PODLAB_NODE_IMAGE := $(or $(IMAGE),$(PODLAB_NODE_IMAGE))

.DEFAULT_GOAL := help
.PHONY: help lab install check test test-kind test-browser test-memory test-embedded notebooks bench down clean lint html site

help: ## this list · 이 목록
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

lab: $(LAB) ## start JupyterLab with the lessons · 수업과 함께 JupyterLab 시작
	@$(BIN)/podlab lab $(if $(CLUSTER),--cluster $(CLUSTER)) $(if $(PORT),--port $(PORT)) $(LAB_ARGS)

install: $(STAMP) ## make .venv with everything · 필요한 것을 모두 담은 .venv 만들기

# what a learner needs, what builds the site, and all that tests and checks need
$(LAB) $(SITE) $(STAMP): pyproject.toml tools/install.py
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 이상이 필요합니다 · podlab needs Python 3.11 or newer: https://www.python.org/downloads/"; exit 1; }
	@$(PYTHON) tools/install.py $(patsubst .installed-%,%,$(filter %-lab %-site,$(notdir $@)))

check: $(STAMP) ## lint, types, contracts, unit tests: before each commit · 커밋 전 검사
	@$(BIN)/python tools/lint.py & lint=$$!; \
	$(PYTEST) $(AT_ONCE) -p no:nbval -p no:hypothesispytest --ignore tests/browser -m "not cluster and not kind and not browser and not slow" $(PYTEST_ARGS); \
	code=$$?; wait $$lint && exit $$code

lint: $(STAMP)
	@$(BIN)/python tools/lint.py

test: check test-embedded test-browser ## all that needs no Docker · Docker 없이 할 수 있는 모든 검사
	@$(BIN)/python tools/test_on.py kind --ask

test-embedded: $(STAMP)
	$(BIN)/python tools/test_on.py embedded $(PYTEST_ARGS)

test-kind: $(STAMP) ## the same on a real kind cluster · 실제 kind 클러스터에서 같은 검사
	$(BIN)/python tools/test_on.py kind $(PYTEST_ARGS)

test-browser: $(STAMP) ## the lessons in a real browser · 실제 브라우저에서 수업 실행
	@$(BIN)/python tools/npm.py axe-core
	$(ALONE) $(BIN)/python tools/twice.py -m "browser and not memory" $(PYTEST_ARGS)

test-memory: $(STAMP) ## what a browser tab takes, in ten minutes · 브라우저 탭의 메모리 측정, 10분
	$(PYTEST) -s -m memory tests/browser/test_memory.py $(PYTEST_ARGS)

site: $(SITE) ## the lessons as a static site, in build/site · 정적 사이트로 된 수업
	@$(BIN)/podlab site build build/site

html: $(STAMP)
	$(BIN)/jupyter nbconvert --to html --output-dir reports/ko notebooks/ko/*.ipynb
	$(BIN)/jupyter nbconvert --to html --output-dir reports/en notebooks/en/*.ipynb

notebooks: $(STAMP) ## rebuild the notebooks from notebooks/src · notebooks/src에서 노트북 다시 만들기
	$(BIN)/python tools/build_notebooks.py

bench: $(STAMP) ## side by side with kubectl and kind · kubectl, kind와 나란히 측정
	$(BIN)/python -m bench
	$(BIN)/python -m bench.tab

down: $(LAB) ## delete podlab's clusters · podlab의 클러스터 지우기
	$(BIN)/podlab down --all

clean: ## remove .venv and what tools left; lessons and clusters stay · .venv와 캐시 지우기
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .vulture_cache .hypothesis .import_linter_cache
