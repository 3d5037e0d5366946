# shellcheck shell=bash
# Starting, watching and stopping processes. Read by ../rms.

# spawn log command...: starts a command in the background and leaves its process id in $spawned; - for no log.
# It gets a session of its own, so that Ctrl-C reaches only this script, which then stops things in order; none of our
# locks, so that no straggler holds one; and a signal should this script be killed outright.
spawn() {
    local log=$1
    local command=(setsid setpriv --pdeathsig TERM -- "${@:2}")
    if [[ $log == - ]]; then
        "${command[@]}" </dev/null 8>&- 9>&- &
    else
        "${command[@]}" </dev/null >>"$log" 2>&1 8>&- 9>&- &
    fi
    spawned=$!
}

# A zombie is dead: there may be nobody to reap it, in a container say.
alive() {
    local stat
    [[ -n $1 ]] && { read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ ${stat##*) } != Z* ]]
}

# When a process began, in the kernel's ticks: with its number, this tells it from a later one of the same number.
birth() {
    local stat fields
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -r -a fields <<<"${stat##*) }"
    printf '%s' "${fields[19]}"
}

# bash answers a signal only between commands, but ends a `wait` for it at once.
pause() {
    sleep "$1" 8>&- 9>&- &
    wait $! || true
}

# stop pid signal seconds: asks a process to end; after so many seconds it is killed.
stop() {
    local deadline=$((SECONDS + $3))
    alive "$1" || return 0
    kill -s "$2" "$1" 2>/dev/null || true
    kill -s CONT "$1" 2>/dev/null || true # a stopped process hears nothing else
    while alive "$1"; do
        if ((SECONDS >= deadline)); then kill -s KILL "$1" 2>/dev/null || true; fi
        sleep 0.05
    done
}

# step "Doing this" command...: runs a long command and says so, again every 15 seconds. Shows its output if it fails.
step() {
    local log
    log=$logs/$(printf '%s' "${1,,}" | tr -cs 'a-z0-9' '-' | cut -c1-40).log
    : >"$log"
    say "$1 ..."
    spawn "$log" "${@:2}"
    if finish "$1" "$log"; then return 0; fi
    tail -n 60 "$log" >&2
    printf 'rms: failed: %s. The whole output is in %s\n' "$1" "$log" >&2
    return 1
}

# finish "Doing this" [log]: waits for what was spawned last, and gives its exit code.
finish() {
    local begun=$SECONDS told=$SECONDS status=0 last=
    pid[step]=$spawned
    while alive "${pid[step]}"; do
        pause 0.1
        if ((SECONDS - told >= 15)); then
            told=$SECONDS
            if [[ -n ${2:-} ]]; then last=$(tail -n 1 "$2" | cut -c1-90); fi
            say "  $((SECONDS - begun)) s, still at it${last:+: }$last"
        fi
    done
    wait "${pid[step]}" || status=$?
    pid[step]=''
    return "$status"
}

# Only one at a time for a data folder. The kernel lets go of the lock, however its holder ends.
lock() {
    exec 9<>"$RMS_DATA/$1.lock"
    flock -n 9
}

# However this script ends: what was started last stops first, PostgreSQL when nobody needs it any more.
at_exit() {
    local status=$?
    set +e
    trap '' INT TERM HUP
    if alive "${pid[step]}"; then kill -s TERM -- "-${pid[step]}"; fi
    if alive "${pid[app]}"; then kill -s TERM "${pid[app]}"; fi
    stop "${pid[simulator]}" TERM 10
    stop "${pid[app]}" TERM 20
    stop "${pid[step]}" TERM 10
    if [[ -n ${pid[app]} ]]; then rm -f "$RMS_DATA/app.pid" "$RMS_DATA/simulator.pid"; fi
    stop "${pid[server]}" INT 60 # PostgreSQL's fast shutdown
    if ((${#scratch[@]})); then rm -rf "${scratch[@]}"; fi
    if [[ -n $counting ]]; then
        if ((status != 0 && failed == 0)); then failed=1; fi
        say "$passed passed, $failed failed"
        if ((failed)); then exit 1; fi
    fi
    exit "$status"
}
