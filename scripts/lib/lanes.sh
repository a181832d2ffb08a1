# shellcheck shell=bash
# Two things at once: much of what is done here keeps one processor or the network
# busy, and there are two processors.

FAILED=() # what the gate has found; a lane hands its own on
LANE_NAME=
LANE_PID=

# aside NAME CMD…: run CMD beside what comes next; `meet` shows what it says.
aside() {
    LANE_NAME=$1
    shift
    local tries
    rm -f "$LOGS/$LANE_NAME".{failed,begun}
    # shellcheck disable=SC2030 # `meet` takes over what failed
    (
        LANE_PID=
        SAY_ON_STDERR= # `meet` says it there
        trap kill_step EXIT
        trap 'exit 143' TERM
        FAILED=()
        : >"$LOGS/$LANE_NAME.begun"
        "$@"
        ((!${#FAILED[@]})) || printf '%s\n' "${FAILED[@]}" >"$LOGS/$LANE_NAME.failed"
    ) >"$LOGS/$LANE_NAME.lane" 2>"$LOGS/$LANE_NAME.error" </dev/null &
    LANE_PID=$!
    # bash complains of a signal that comes while it forks
    for ((tries = 0; tries < 100; tries++)); do
        [[ ! -e $LOGS/$LANE_NAME.begun ]] || break
        sleep 0.02
    done
}

# meet: show what the lane has said and goes on to say, and wait until it ends.
meet() {
    local status=0 line
    [[ $LANE_PID ]] || return 0
    show_lane &
    wait "$LANE_PID" || status=$?
    wait $! || true
    LANE_PID=
    cat "$LOGS/$LANE_NAME.error" >&2
    ((!status)) || exit "$status" # it has said why
    # shellcheck disable=SC2031 # see above
    [[ ! -e $LOGS/$LANE_NAME.failed ]] || while read -r line; do FAILED+=("$line"); done <"$LOGS/$LANE_NAME.failed"
}

show_lane() {
    trap - EXIT ERR
    # shellcheck disable=SC2031 # the lane's own
    if [[ $SAY_ON_STDERR ]]; then exec >&2; fi
    exec tail -n +1 -s 0.2 --pid="$LANE_PID" -f "$LOGS/$LANE_NAME.lane"
}

end_lane() {
    [[ -z $LANE_PID ]] || kill -TERM "$LANE_PID" 2>/dev/null || true
    LANE_PID=
}
