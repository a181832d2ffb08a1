# shellcheck shell=bash
# Odoo in our environment: its configuration, its command line, databases with
# dive_crm in them.

ODOO_CONF=$HOME_DIR/odoo.conf
DATA_DIR=$HOME_DIR/data
ODOO_LIB=$ODOO_DIR/usr/lib/python3/dist-packages
OWN_KEYS=${DIVE_CRM_KEYS:-} # the user's own, if there are some

write_odoo_conf() {
    cat >"$ODOO_CONF.new" <<CONF
# written by scripts/lib/odoo.sh at each start
[options]
addons_path = $ROOT
data_dir = $DATA_DIR
http_interface = 127.0.0.1
list_db = False
screenshots = $HOME_DIR/screenshots
CONF
    mv "$ODOO_CONF.new" "$ODOO_CONF"
}

# Where Odoo's Python code is, for pytest: unpacked by us, or the user's own.
own_odoo_lib() {
    local dir shebang
    dir=$(dirname "$(readlink -f "$ODOO_BIN")")
    if [[ -d $dir/odoo/addons ]]; then
        echo "$dir"
        return
    fi
    shebang=$(sed -n '1s/^#! *//p' "$ODOO_BIN")
    # shellcheck disable=SC2086 # "/usr/bin/env python3" is two words
    $shebang -c 'import odoo.release, os; print(os.path.dirname(os.path.dirname(odoo.release.__file__)))' \
        || die "cannot find the Python code of ODOO_BIN=$ODOO_BIN: use the odoo-bin of a source checkout"
}

set_odoo_environment() {
    write_odoo_conf
    export ODOO_RC=$ODOO_CONF
    export DIVE_CRM_KEYS=${OWN_KEYS:-$HOME_DIR/keys.json}
    # Odoo starts in half the time when Python keeps what it has compiled; not among
    # the sources, which may be the user's own
    unset PYTHONDONTWRITEBYTECODE
    export PYTHONPYCACHEPREFIX=$HOME_DIR/pycache
    export PATH=$WK_DIR/bin:$VENV/bin:${PG_BIN:+$PG_BIN:}$PATH
    if [[ -z ${ODOO_BIN:-} ]]; then
        export PYTHONPATH=$ODOO_LIB
        ODOO=("$VENV_PYTHON" "$ODOO_DIR/usr/bin/odoo")
    else
        ODOO=("$ODOO_BIN")
    fi
}

# What scans and health data are encrypted with. It is never replaced: what it has
# encrypted would be lost.
create_keys() { "${ODOO[@]}" --addons-path="$ROOT" dive_keys create -c "$ODOO_CONF"; }
provide_keys() {
    if [[ $OWN_KEYS || -e $DIVE_CRM_KEYS ]]; then return 0; fi
    must_step "Making a key to encrypt with" keys create_keys
}

# A free port of this machine; nothing is reserved.
free_port() {
    "$VENV_PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What an installed dive_crm depends on: when this changes, -u is due.
addon_hash() {
    (
        cd "$ROOT" || exit
        find dive_crm -type f -not -path '*/__pycache__/*' -not -path 'dive_crm/static/*' \
            -not -path 'dive_crm/tests/*' -not -path 'dive_crm/readme/*' -print0 \
            | LC_ALL=C sort -z | xargs -0 sha256sum
        printf '%s\n' "${ODOO[@]}"
    ) | hash_of
}

# The state of a database is written on it (a comment), so that it goes wherever
# the database goes.
database_state() {
    sql postgres "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"
}
note_state() { sql postgres "COMMENT ON DATABASE \"$1\" IS 'dive_crm $2'"; }

drop_database() {
    sql postgres "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null
    rm -rf "$DATA_DIR/filestore/$1"
}

# Made under another name first: a database called NAME is always a whole one.
install_database() {
    local name=$1 new=$1_new hash=$2
    drop_database "$new"
    step "Making the database $name: Odoo and dive_crm with demo data (two minutes)" "install-$name" \
        "${ODOO[@]}" -d "$new" --with-demo -i dive_crm --stop-after-init --no-http --max-cron-threads=0
    ((STEP_STATUS == 0)) || die "dive_crm does not install: $(explain_odoo "install-$name")"
    [[ $(sql "$new" "SELECT state FROM ir_module_module WHERE name = 'dive_crm'") == installed ]] \
        || die "dive_crm did not install: $(explain_odoo "install-$name")"
    note_state "$new" "$hash"
    rm -rf "$DATA_DIR/filestore/$name"
    mkdir -p "$DATA_DIR/filestore/$new"
    mv "$DATA_DIR/filestore/$new" "$DATA_DIR/filestore/$name"
    sql postgres "ALTER DATABASE \"$new\" RENAME TO \"$name\""
}

update_database() {
    local name=$1 hash=$2
    step "dive_crm has changed: updating the database $name" "update-$name" \
        "${ODOO[@]}" -d "$name" -u dive_crm --stop-after-init --no-http --max-cron-threads=0
    ((STEP_STATUS == 0)) || die "dive_crm does not update: $(explain_odoo "update-$name")"
    note_state "$name" "$hash"
}

# provide_database NAME: there, with dive_crm as it is in this folder.
provide_database() {
    local name=$1 hash
    hash=$(addon_hash)
    if ! has_database "$name"; then
        install_database "$name" "$hash"
    elif [[ ! -d $DATA_DIR/filestore/$name ]]; then
        die "the database $name is there but its files ($DATA_DIR/filestore/$name) are not: drop it (scripts/odoo db drop $name) and start again"
    elif [[ $(database_state "$name") != "dive_crm $hash" ]]; then
        update_database "$name" "$hash"
    fi
}

# The last exception or error of an Odoo log, in one line.
explain_odoo() {
    local log=$LOGS/$1.log line
    if grep -q 'No space left on device' "$log"; then
        echo "the disk is full: free some and start again"
        return
    fi
    line=$(grep -E '^[A-Za-z_.]+(Error|Exception|Warning|Failed): |^odoo.*Error|^[A-Za-z_.0-9]*Error$' "$log" | tail -n 1 || true)
    [[ $line ]] || line=$(grep -E ' (ERROR|CRITICAL) ' "$log" | tail -n 1 || true)
    echo "${line:-$(last_line "$log" 160)} (log: $log)" | cut -c1-400
}
