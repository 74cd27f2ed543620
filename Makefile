# make help lists the verbs.
export CGO_ENABLED = 0
GO ?= go

.PHONY: help build test check cross demo golden generate fuzz bench conformance browser

help: ## list the verbs
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

build: ## build the binary into bin/
	$(GO) build -trimpath -o bin/goshawk ./cmd/goshawk

test: ## run all tests
	$(GO) test ./...

check: ## static analysis, formatting and the cross-compile check
	@test -z "$$(gofmt -l cmd internal rules)" || { echo "gofmt would change:"; gofmt -l cmd internal rules; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(MAKE) cross

cross: ## compile for every supported system
	@for os in linux darwin windows; do for arch in amd64 arm64; do \
	  echo "$$os/$$arch"; GOOS=$$os GOARCH=$$arch $(GO) build -o /dev/null ./cmd/goshawk || exit 1; done; done

demo: ## run the main job on the sample tenant
	$(GO) run ./cmd/goshawk demo

golden: ## rewrite the golden pages' observed results (never those from docs or Kusto)
	$(GO) test ./internal/kqltest -run 'TestPages|TestSupport' -update

generate: ## rebuild generated files
	$(GO) generate ./...

fuzz: ## fuzz every fuzz target in the tree, each for FUZZTIME (default 1m); FUZZ=FuzzParse picks one
	@for d in $$(grep -rl --include=*_test.go '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$d/*_test.go | cut -c6-); do \
	    case "$$f" in $${FUZZ:-*}) echo "$$d $$f"; \
	      $(GO) test ./$$d -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-1m} || exit 1;; esac; done; done

bench: ## run the benchmarks, each for BENCHTIME (default 1s)
	$(GO) test ./... -run '^$$' -bench . -benchmem -benchtime $${BENCHTIME:-1s}

conformance: ## measure against the material beside the repository and print one table (README=1 puts it into README.md)
	$(GO) run ./conformance $(if $(README),-readme)

browser: ## test the pages in Chromium
	GOSHAWK_BROWSER=1 $(GO) test ./internal/cli -run Browser -count=1 -v
