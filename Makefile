# What people and machines do with this tree. `make help` lists it.

PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=

CARGO := .ci/cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
ID := im.tessera.Tessera
LANGUAGES := $(shell cat po/LINGUAS)
CATALOGUES := $(LANGUAGES:%=$(TARGET)/locale/%/LC_MESSAGES/tessera.mo)
# $(call put,FILE,MODE,WHERE): one file at its place below PREFIX
put = mkdir -p $(DESTDIR)$(PREFIX)/$(dir $3) && install -m $2 $1 $(DESTDIR)$(PREFIX)/$3
# The desktop's own lists; a package does that by itself
refresh = test -n "$(DESTDIR)" || { gtk-update-icon-cache -q -t -f $(PREFIX)/share/icons/hicolor; update-desktop-database -q $(PREFIX)/share/applications; } 2>/dev/null || true

.DEFAULT_GOAL := help
.PHONY: help run test check check-windows check-freebsd bench gallery screenshot install uninstall po deny flatpak-sources

## help: lists what there is
help:
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^## \([a-z-]*\): /    \1|/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

## run: installs what is missing, builds and opens the window (ARGS=--demo: with a server of its own)
run: $(if $(findstring --demo,$(ARGS)),tools-build-demo,tools-build) $(CATALOGUES)
	$(CARGO) build --release --locked
	$(TARGET)/release/tessera $(ARGS)

## test: installs what is missing and runs all tests, with a server and a display of their own
test: tools-build-test $(CATALOGUES)
	.ci/test

## check: looks at everything that can be looked at without running it: format, lints, layers, docs, translations
check: tools-build-check $(CATALOGUES)
	.ci/check

## check-windows: type check for Windows
check-windows: tools-build-windows
	.ci/check-target x86_64-pc-windows-gnu

## check-freebsd: type check for FreeBSD
check-freebsd: tools-build
	.ci/check-target x86_64-unknown-freebsd

## deny: licences, sources, doubles and known weaknesses of what we depend on
deny: tools-build
	.ci/deny

## bench: measures what has to be fast, with a server and a screen of its own (QUICK=1: a tenth of it)
bench: tools-build-test
	$(CARGO) bench --locked --bench parts
	$(CARGO) bench --locked --bench whole

## gallery: pictures of everything there is to see, in target/gallery/
gallery: tools-build-test $(CATALOGUES)
	.ci/gallery

## screenshot: takes the picture of the README with the demonstration
screenshot: tools-build-test
	.ci/screenshot

## po: brings the template and the translations up to date with the text in the code
po: tools-build
	.ci/po

## install: puts the program into PREFIX (below DESTDIR)
install: $(CATALOGUES) $(TARGET)/data/$(ID).desktop $(TARGET)/data/$(ID).metainfo.xml
	@if [ -n "$(SUDO_USER)" ] && [ -x $(TARGET)/release/tessera ]; then \
		echo "Installing what was built last (the cargo of root may be another one)."; \
	else \
		$(CARGO) build --release --locked; \
	fi
	$(call put,$(TARGET)/release/tessera,755,bin/tessera)
	$(call put,$(TARGET)/data/$(ID).desktop,644,share/applications/$(ID).desktop)
	$(call put,$(TARGET)/data/$(ID).metainfo.xml,644,share/metainfo/$(ID).metainfo.xml)
	$(call put,data/tessera.1,644,share/man/man1/tessera.1)
	$(call put,resources/icons/scalable/apps/$(ID).svg,644,share/icons/hicolor/scalable/apps/$(ID).svg)
	$(call put,resources/icons/symbolic/apps/$(ID)-symbolic.svg,644,share/icons/hicolor/symbolic/apps/$(ID)-symbolic.svg)
	$(foreach language,$(LANGUAGES),$(call put,$(TARGET)/locale/$(language)/LC_MESSAGES/tessera.mo,644,share/locale/$(language)/LC_MESSAGES/tessera.mo) &&) true
	@$(refresh)

## uninstall: takes it out of PREFIX again
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/tessera \
		$(DESTDIR)$(PREFIX)/share/applications/$(ID).desktop \
		$(DESTDIR)$(PREFIX)/share/metainfo/$(ID).metainfo.xml \
		$(DESTDIR)$(PREFIX)/share/man/man1/tessera.1 \
		$(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps/$(ID).svg \
		$(DESTDIR)$(PREFIX)/share/icons/hicolor/symbolic/apps/$(ID)-symbolic.svg \
		$(LANGUAGES:%=$(DESTDIR)$(PREFIX)/share/locale/%/LC_MESSAGES/tessera.mo)
	@$(refresh)

## flatpak-sources: the list of crates for the Flatpak, in target/flatpak/
flatpak-sources:
	python3 flatpak/cargo-sources.py Cargo.lock $(TARGET)/flatpak

# tools-build-test installs what building and testing need.
.PHONY: tools-build tools-build-demo tools-build-test tools-build-check tools-build-windows
tools-build tools-build-demo tools-build-test tools-build-check tools-build-windows: tools-%:
	@.ci/install $(subst -, ,$*)

$(TARGET)/locale/%/LC_MESSAGES/tessera.mo: po/%.po | tools-build
	@mkdir -p $(@D)
	msgfmt --output-file=$@ $<

$(TARGET)/data/%.desktop: data/%.desktop $(LANGUAGES:%=po/%.po) | tools-build
	@mkdir -p $(@D)
	msgfmt --desktop --template=$< -d po --output-file=$@

$(TARGET)/data/%.metainfo.xml: data/%.metainfo.xml $(LANGUAGES:%=po/%.po) | tools-build
	@mkdir -p $(@D)
	msgfmt --xml --template=$< -d po --output-file=$@
