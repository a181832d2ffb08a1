#!/usr/bin/env bash
# Stops the private PostgreSQL server when nobody uses it any more (postgres.sh
# says how). One is enough: a second one leaves at once.
unset PGHOST PGUSER
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/lib/postgres.sh
. "$LIB/postgres.sh"
# shellcheck source=scripts/lib/replica.sh
. "$LIB/replica.sh"

exec 7>>"$HOME_DIR/pg-reaper.lock"
flock -n 7 || exit 0
exec 8>>"$HOME_DIR/pg-users.lock"
flock -x 8
find_cluster
PG_BIN=$(pg_bin "$(as_pg cat "$PG_DATA/PG_VERSION")")
drop_replica # of a run that was killed
stop_cluster
