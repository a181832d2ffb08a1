# shellcheck shell=bash
# What every script shares: where things are, how to speak, how to fail, how to
# run a long step, how to remember that a step is done.

set -Eeuo pipefail
umask 022 # another user (postgres) must be able to walk through what we make

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LIB=$ROOT/scripts/lib
HOME_DIR=$ROOT/.provisioned
LOGS=$HOME_DIR/log
STAMPS=$HOME_DIR/stamps
ME=scripts/$(basename "$0")
CALLER_DIR=$PWD

# Short name of this checkout, for the few things that must live outside it.
ROOT_ID=$(printf %s "$ROOT" | cksum | cut -d' ' -f1)

# die() leaves with this status, so that the ERR trap knows that the one line
# that says what to do has been written already (also from a sub-shell).
readonly DIED=69

# Commands whose standard output belongs to the caller (scripts/odoo) talk on
# standard error instead.
SAY_ON_STDERR=${SAY_ON_STDERR:-}

say() {
    if [[ $SAY_ON_STDERR ]]; then printf '%s\n' "$*" >&2; else printf '%s\n' "$*"; fi
}

die() {
    printf '%s: %s\n' "$ME" "$*" >&2
    exit "$DIED"
}

# Under `set -e` a forgotten failure must speak, too.
on_error() {
    local status=$1 line=$2
    [[ $status == "$DIED" ]] || printf '%s: stopped at %s (status %s): run it with "bash -x" to see why\n' \
        "$ME" "$line" "$status" >&2
    exit "$DIED"
}
trap 'on_error $? "${BASH_SOURCE[0]##*/}:$LINENO"' ERR

am_root() { [[ $EUID -eq 0 ]]; }
have() { command -v "$1" >/dev/null 2>&1; }

# The last line of a log that is worth showing, without the time and process that
# Odoo puts in front, and not too long.
last_line() { { grep -vE '^WARNING|^[[:space:]]*$' "$1" 2>/dev/null || true; } | tail -n 1 | tr -d '\r' \
    | sed -E 's/^[0-9-]+ [0-9:,]+ [0-9]+ //' | cut -c1-"${2:-70}"; }

# The job in the background (its own process group), if there is one.
STEP_JOB=
kill_step() {
    [[ -z $STEP_JOB ]] || kill -TERM -- "-$STEP_JOB" 2>/dev/null || true
    STEP_JOB=
}
# Whatever runs in the background ends with the script.
stop_work() {
    end_lane
    kill_step
}
trap stop_work EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# run_job CMD…: run in the background in a process group of its own and wait:
# bash acts on a signal at once only while it waits, and the whole group can
# then be ended with it.
start_job() {
    set -m
    (
        trap - ERR # its caller says what went wrong
        "$@"
    ) </dev/null &
    STEP_JOB=$!
    set +m
}
wait_job() {
    local status=0
    wait "$STEP_JOB" || status=$?
    STEP_JOB=
    return "$status"
}

# step LABEL LOGNAME CMD…: run CMD with its output in a log; say what is being
# done, every 15 seconds how far it is (the size of STEP_WATCH, or the log's
# last line), and at the end how long it took. CMD's status is in STEP_STATUS, not
# returned: inside `step … || …` bash would ignore `set -e` in CMD as well.
STEP_STATUS=0
step() {
    local label=$1 log=$LOGS/$2.log start=$SECONDS next=15 far
    shift 2
    say "$label …"
    start_job "$@" >"$log" 2>&1
    while kill -0 "$STEP_JOB" 2>/dev/null; do
        sleep 0.2
        ((SECONDS - start >= next)) || continue
        next=$((next + 15))
        if [[ -d ${STEP_WATCH:-} ]]; then
            far="$(du -sm "$STEP_WATCH" 2>/dev/null | cut -f1) MB"
        else
            far=$(last_line "$log")
        fi
        say "  … $((SECONDS - start)) s: $far"
    done
    STEP_STATUS=0
    wait_job || STEP_STATUS=$?
    ((STEP_STATUS != 0 || SECONDS - start < 3)) || say "  done in $((SECONDS - start)) s"
}

# explain LOGNAME: why a step failed and what to do, in one sentence.
explain() {
    local log=$LOGS/$1.log line
    if grep -qiE 'No space left|disk full|enough free space' "$log"; then
        echo "the disk is full: free 3 GB and start again"
    elif grep -qiE 'Could not resolve|Temporary failure|Name or service not known|Network is unreachable|Connection (refused|timed out|reset)|No route to host|NewConnectionError|ConnectTimeout|ReadTimeout|Max retries|EAI_AGAIN|ENOTFOUND|Could not connect' "$log"; then
        echo "no network, or the package mirror does not answer: check the connection and start again"
    elif grep -qiE 'certificate' "$log"; then
        echo "the mirror's certificate is not trusted here: install ca-certificates or set up your own (log: $log)"
    elif grep -qiE 'Unable to locate package|No packages found|No matching distribution|404 +Not Found|has no installation candidate|Unable to find a source' "$log"; then
        echo "a package is gone ($(grep -iE 'Unable to locate package|No packages found|No matching distribution|404 +Not Found|no installation candidate|Unable to find a source' "$log" | tail -n 1 | cut -c1-120)): see $log"
    elif grep -qiE 'Failed to fetch|index files failed' "$log"; then
        echo "the package mirror does not give what it should: check the connection and start again (log: $log)"
    elif grep -qiE 'Could not get lock|is another process using it' "$log"; then
        echo "another apt-get is running: wait for it and start again"
    else
        line=$(last_line "$log" 160)
        echo "${line:-it was stopped, start again} (log: $log)"
    fi
}

# must_step: a step whose failure ends everything with one line.
must_step() {
    step "$@"
    ((STEP_STATUS == 0)) || die "$1: $(explain "$2")"
}

# done_before NAME HASH / mark_done NAME HASH: a step is remembered with a hash
# of what it was made from, written last and by rename: a step that was killed
# half-way is not remembered.
done_before() { [[ -r $STAMPS/$1 && $(<"$STAMPS/$1") == "$2" ]]; }
mark_done() {
    printf '%s\n' "$2" >"$STAMPS/$1.new"
    mv "$STAMPS/$1.new" "$STAMPS/$1"
}
hash_of() { sha256sum | cut -c1-16; }

# Everything that we make lives in one folder, used by one run at a time while
# it is being made.
make_home() {
    mkdir -p "$LOGS" "$STAMPS" 2>/dev/null \
        || die "cannot write to $ROOT: give this user the right to, or free some disk"
    [[ -w $HOME_DIR && -w $STAMPS && -w $LOGS ]] \
        || die "$HOME_DIR belongs to $(stat -c %U "$HOME_DIR"): run this as that user, or remove that folder"
}
open_home() {
    make_home
    exec 9>>"$HOME_DIR/lock"
    if ! flock -n 9; then
        say "Another run is preparing $HOME_DIR: waiting for it …"
        flock 9
    fi
}
close_home() { exec 9>&-; }

need_space() {
    local free
    free=$(df -Pm "$HOME_DIR" | awk 'NR == 2 { print $4 }')
    ((free >= $1)) || die "only $free MB free under $HOME_DIR: free $1 MB and start again"
}
