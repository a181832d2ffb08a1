# shellcheck shell=bash
# The one provisioning step that every script begins with. It is idempotent, and
# each part of it is either done or not done.

# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=scripts/lib/lanes.sh
. "$LIB/lanes.sh"
# shellcheck source=scripts/lib/postgres.sh
. "$LIB/postgres.sh"
# shellcheck source=scripts/lib/python.sh
. "$LIB/python.sh"
# shellcheck source=scripts/lib/system.sh
. "$LIB/system.sh"
# shellcheck source=scripts/lib/odoo.sh
. "$LIB/odoo.sh"

# provision run|test: what is needed to serve, or to test as well but for the tools of
# the gate. Leaves a server to talk to (PGHOST, PGUSER) and ODOO, the command.
provision() {
    open_home
    install_packages "$1"
    provide_odoo # goes on beside the next two
    provide_venv
    provide_wkhtmltopdf
    meet
    provide_cluster
    use_server
    set_odoo_environment
    provide_keys
    close_home
}

# What the gate needs beside that; Odoo need not wait for it.
provision_tools() {
    open_home
    provide_test_tools
    close_home
}

# run_benchmark FILE ARGS…: become one of benchmarks/, in the environment above.
run_benchmark() {
    local file=$ROOT/benchmarks/$1
    shift
    [[ -r $file ]] || die "$file is not there: this checkout is not whole, get it again"
    provision test
    provision_tools
    export DIVE_ODOO_LIB=$ODOO_LIB DIVE_HOME=$HOME_DIR
    [[ -z ${ODOO_BIN:-} ]] || DIVE_ODOO_LIB=$(own_odoo_lib)
    cd "$CALLER_DIR"
    exec env PYTHONPATH="$DIVE_ODOO_LIB" "$VENV_PYTHON" "$file" "$@"
}
