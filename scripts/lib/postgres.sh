# shellcheck shell=bash
# A private PostgreSQL cluster over a unix socket, unless PGHOST or PGUSER name a
# server of the user's own.
#
# It runs while somebody uses it: every user holds a shared lock (descriptor 8,
# inherited by the Odoo that a script becomes), and a small reaper waits for the
# exclusive lock, then stops the server. So the last one out turns off the light,
# however it went out (kill -9 included).

PG_OLDEST=15
PG_ROLE=dive

# Recorded before we set PGHOST ourselves.
if [[ ${PGHOST:-}${PGUSER:-} ]]; then OWN_SERVER=yes; else OWN_SERVER=; fi
own_server() { [[ $OWN_SERVER ]]; }

# The newest PostgreSQL programs here that are new enough, or those of a version.
pg_bin() {
    local wanted=${1:-} dir version best=
    for dir in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb || echo /nowhere/x)")"; do
        [[ -x $dir/initdb && -x $dir/pg_ctl ]] || continue
        version=$("$dir/initdb" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        ((version >= PG_OLDEST)) || continue
        if [[ $wanted ]]; then
            [[ $version != "$wanted" ]] || { best="$version $dir"; break; }
        elif [[ -z $best ]] || ((version > ${best%% *})); then
            best="$version $dir"
        fi
    done
    printf '%s' "${best#* }"
}

# PostgreSQL refuses to run as root: there the cluster belongs to `postgres`. A
# cluster that exists already keeps its owner.
pg_owner() {
    if ! am_root; then
        id -un
    elif [[ -d $HOME_DIR/pg/data ]]; then
        stat -c %U "$HOME_DIR/pg/data"
    else
        echo postgres
    fi
}

# Run as the cluster's owner, from a folder that everybody can stand in.
as_pg() (
    cd /
    if am_root; then
        exec setpriv --reuid="$PG_OWNER" --regid="$(id -g "$PG_OWNER")" --init-groups \
            env HOME=/ PATH="$PATH" LC_ALL=C.UTF-8 "$@"
    fi
    exec env LC_ALL=C.UTF-8 "$@"
)

# Where the cluster lives. A checkout under somebody's private home cannot be
# reached by `postgres`: its cluster goes to that user's own home.
find_cluster() {
    PG_OWNER=$(pg_owner)
    id -u "$PG_OWNER" >/dev/null 2>&1 || die "there is no user $PG_OWNER to run PostgreSQL as: add one, or set PGHOST and PGUSER"
    PG_DIR=$HOME_DIR/pg
    if am_root && ! as_pg test -x "$HOME_DIR"; then
        PG_DIR=/var/lib/postgresql/dive_crm-$ROOT_ID
    fi
    PG_SOCKET_DIR=$PG_DIR/s
    # the kernel takes 107 bytes for a socket's whole path
    ((${#PG_SOCKET_DIR} <= 85)) || PG_SOCKET_DIR=/tmp/dive_crm-$(id -u "$PG_OWNER")-$ROOT_ID
    PG_DATA=$PG_DIR/data
}

private_dir() {
    mkdir -p "$1" || die "cannot make $1: look at its owner and at the free disk"
    ! am_root || chown "$PG_OWNER:" "$1"
    [[ ! -L $1 && $(stat -c %U "$1") == "$PG_OWNER" ]] || die "$1 belongs to somebody else: remove it and start again"
    chmod 700 "$1"
}

make_cluster() {
    as_pg "$1/initdb" -D "$PG_DATA.new" -U "$PG_ROLE" -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    # demo and test data only: speed before safety against a power cut
    as_pg tee -a "$PG_DATA.new/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 256MB
max_connections = 100
jit = off
include_if_exists 'dive_crm.conf'
CONF
}

provide_cluster() {
    local bin
    own_server && return
    find_cluster
    if [[ -s $PG_DATA/PG_VERSION ]]; then
        PG_BIN=$(pg_bin "$(as_pg cat "$PG_DATA/PG_VERSION")")
        [[ $PG_BIN ]] || die "$PG_DATA was made by another PostgreSQL than is here: remove $PG_DIR and start again"
        return 0
    fi
    bin=$(pg_bin)
    [[ $bin ]] || die "no PostgreSQL $PG_OLDEST or newer here: install one, or set PGHOST and PGUSER to a server of yours"
    private_dir "$PG_DIR"
    as_pg rm -rf "$PG_DATA.new"
    must_step "Making a private PostgreSQL cluster in $PG_DIR" initdb make_cluster "$bin"
    as_pg mv "$PG_DATA.new" "$PG_DATA"
    PG_BIN=$bin
}

pg_is_up() { "$PG_BIN/pg_isready" -q -h "$PG_SOCKET_DIR" -t 5; }

# A container that was killed leaves a pid file whose number may be another
# program's by now, which PostgreSQL would take for itself.
drop_stale_pid() {
    local file=$PG_DATA/postmaster.pid pid
    [[ -e $file ]] || return 0
    pid=$(as_pg head -n 1 "$file")
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == postgres ]] || as_pg rm -f "$file"
}

start_cluster() {
    local log=$LOGS/postgresql-start.log
    private_dir "$PG_SOCKET_DIR"
    drop_stale_pid
    printf "unix_socket_directories = '\"%s\"'\n" "${PG_SOCKET_DIR//\'/\'\'}" \
        | as_pg tee "$PG_DATA/dive_crm.conf" >/dev/null
    # the server must not inherit our locks and pipes
    as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -l "$PG_DATA/server.log" -w -t 60 start \
        </dev/null >"$log" 2>&1 6>&- 8>&- 9>&- \
        || die "PostgreSQL does not start ($(as_pg tail -n 1 "$PG_DATA/server.log" | cut -c1-150)): free disk and memory, or remove $PG_DIR and start again"
}

stop_cluster() { as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -w -t 60 stop; }

# use_server: from here on there is a server, and PGHOST and PGUSER say which.
use_server() {
    own_server && { check_own_server; return; }
    unset PGPORT PGDATABASE PGPASSWORD PGSERVICE PGSSLMODE PGPASSFILE PGOPTIONS
    export PGHOST=$PG_SOCKET_DIR PGUSER=$PG_ROLE PGDATABASE_TEMPLATE=template0
    exec 8>>"$HOME_DIR/pg-users.lock"
    flock -s 8 # waits while the reaper is stopping the server
    pg_is_up || start_cluster
    start_reaper
}

start_reaper() {
    (
        exec 6>&- 8>&- 9>&-
        cd /
        setsid bash "$LIB/pg-reaper.sh" </dev/null >/dev/null 2>&1 &
    )
}

# Others share the lock. Asked twice: between two questions the reaper may have
# taken it for itself, and it keeps it until the server has stopped.
used_by_others() {
    local lock=$HOME_DIR/pg-users.lock
    flock -n -s "$lock" true && ! flock -n -x "$lock" true && flock -n -s "$lock" true
}

# leave_server: let go, and wait until the server has stopped if nobody else
# uses it.
leave_server() {
    own_server && return
    exec 8>&-
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        if [[ ! -e $PG_DATA/postmaster.pid ]] && flock -n "$HOME_DIR/pg-reaper.lock" true; then return 0; fi
        ! used_by_others || return 0
        sleep 0.1
    done
}

check_own_server() {
    local version
    if ! version=$(psql -XAtd postgres -c 'SHOW server_version_num' 2>&1); then
        version=${version%%$'\n'*}
        die "your PostgreSQL (PGHOST=${PGHOST:-} PGUSER=${PGUSER:-}) does not answer (${version##*: }): correct them, or unset both"
    fi
    ((version >= PG_OLDEST * 10000)) \
        || die "your PostgreSQL is version $((version / 10000)): $PG_OLDEST or newer is needed; or unset PGHOST and PGUSER"
    [[ $(psql -XAtd postgres -c "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user") == t ]] \
        || die "your PostgreSQL user may not create databases: ALTER ROLE … CREATEDB"
}

sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
has_database() { [[ $(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }
