# shellcheck shell=bash
# A replica of the private cluster: its files are copied, then it follows what is
# written there. It listens where the primary does, on another port.

REPLICA_PORT=5433
replica_dir() { printf '%s' "$PG_DIR/replica"; }

copy_cluster() {
    as_pg "$PG_BIN/pg_basebackup" -h "$PG_SOCKET_DIR" -U "$PG_ROLE" -D "$(replica_dir)" \
        --write-recovery-conf --wal-method=stream --checkpoint=fast --no-sync
}

start_replica() {
    # the server must not inherit our locks and pipes
    as_pg "$PG_BIN/pg_ctl" -D "$(replica_dir)" -l "$(replica_dir)/server.log" \
        -o "-p $REPLICA_PORT" -w -t 60 start </dev/null 6>&- 8>&- 9>&-
}

stop_replica() {
    [[ -e $(replica_dir)/postmaster.pid ]] || return 0
    as_pg "$PG_BIN/pg_ctl" -D "$(replica_dir)" -m immediate -w -t 60 stop
}

# What a run that was killed has left is removed as well.
drop_replica() {
    [[ ${PG_DIR:-} ]] || return 0
    stop_replica >/dev/null 2>&1 || true
    as_pg rm -rf "$(replica_dir)"
}

provide_replica() {
    drop_replica
    must_step "Copying the cluster to make a replica of it" replica-copy copy_cluster
    must_step "Starting the replica" replica-start start_replica
}

# replica_check DATABASE: in a copy of it, with a replica that is gone afterwards.
replica_check() {
    local copy=dive_replica library=$ODOO_LIB status=0
    [[ -z ${ODOO_BIN:-} ]] || library=$(own_odoo_lib)
    drop_database "$copy"
    sql postgres "CREATE DATABASE \"$copy\" TEMPLATE \"$1\""
    cp -a "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$copy"
    # both servers write down each statement that is sent to this database
    sql postgres "ALTER DATABASE \"$copy\" SET log_statement = 'all'"
    provide_replica
    env PYTHONPATH="$library" "$VENV_PYTHON" "$ROOT/benchmarks/replica.py" "$copy" \
        --port "$REPLICA_PORT" --primary-log "$PG_DATA/server.log" \
        --replica-log "$(replica_dir)/server.log" --log "$LOGS/replica-odoo.log" || status=$?
    drop_replica
    drop_database "$copy"
    return "$status"
}
