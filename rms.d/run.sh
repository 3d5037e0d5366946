# shellcheck shell=bash
# ./rms run. Read by ../rms.

command_run() {
    prepare missing_to_run
    lock run || die "./rms run is already running on this data folder ($RMS_DATA). Stop it, or choose another RMS_DATA."
    stop_leftover app
    stop_leftover simulator
    need_free_ports
    publish
    database_start
    migrate "$RMS_DATA/program/web"

    start_app
    if [[ $RMS_DEMO == 1 ]]; then start_simulator; fi
    wait_until_ready
    announce
    status_when_signalled=0
    keep_everything_up
}

start_app() { start_program app "$RMS_DATA/program/web/Rms.Web.dll"; }
# The first time it sends a morning's referrals. Not where somebody else plays the source: they would hear of referrals
# that they never sent.
start_simulator() {
    if [[ -z ${RMS_DEMO_SOURCE_URL:-} ]]; then export RMS_SIMULATOR_SEED=${RMS_SIMULATOR_SEED:-36}; fi
    start_program simulator "$RMS_DATA/program/simulator/Rms.Simulator.dll"
}

# start_program name dll: from its own folder, where its pages and styles are.
start_program() {
    cd "$(dirname "$2")"
    spawn "$logs/$1.log" dotnet "$2"
    cd "$repository"
    pid[$1]=$spawned
    begun_at[$1]=$SECONDS
    # Number and birth, for a later run to know what this one left behind if it was killed outright.
    say "$spawned $(birth "$spawned" || true)" >"$RMS_DATA/$1.pid"
}

stop_leftover() {
    local process born
    [[ -s $RMS_DATA/$1.pid ]] || return 0
    read -r process born <"$RMS_DATA/$1.pid"
    if alive "$process" && [[ $(birth "$process") == "$born" ]]; then
        say "Stopping the $1 that an earlier run left behind (process $process)."
        stop "$process" TERM 20
    fi
    rm -f "$RMS_DATA/$1.pid"
}

need_free_ports() {
    local port host
    local ports=("$RMS_PORT")
    if [[ $RMS_DEMO == 1 ]]; then ports+=("$((RMS_PORT + 1))"); fi
    for port in "${ports[@]}"; do
        for host in 127.0.0.1 ::1; do
            if port_taken "$host" "$port"; then
                die "port $port is in use by another program$(holder_of "$port").
     Stop it, or choose another port (the next one is the simulator's): RMS_PORT=$((RMS_PORT + 200)) ./rms run"
            fi
        done
    done
}

# " (dotnet, process 123)" where it can be known.
holder_of() {
    command -v ss >/dev/null || return 0
    ss -Hltnp "sport = :$1" 2>/dev/null | sed -nE 's/.*\(\("([^"]+)",pid=([0-9]+).*/ (\1, process \2)/p' | head -n 1
}

# Where this machine reaches what listens on RMS_BIND.
reachable_host() {
    case ${RMS_BIND:-} in
        "" | 0.0.0.0 | "*") say 127.0.0.1 ;;
        "::" | "[::]") say ::1 ;;
        *) say "$RMS_BIND" ;;
    esac
}

# answers host port path: whether a GET there gives 200. A bare Debian has no curl.
answers() (
    exec 7<>"/dev/tcp/$1/$2" || exit 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$3" "$2" >&7
    read -r -t 5 line <&7 && [[ $line == HTTP/1.?" 200"* ]]
) 2>/dev/null

wait_until_ready() {
    local begun=$SECONDS host
    host=$(reachable_host)
    say "Starting the app ..."
    until answers "$host" "$RMS_PORT" /health/ready; do
        alive "${pid[app]}" || die "the app ended while starting. The end of its log, $logs/app.log:
$(tail -n 30 "$logs/app.log")"
        ((SECONDS - begun < 180)) || die "the app is not ready after three minutes. Its log: $logs/app.log"
        pause 0.2
    done
}

announce() {
    local host
    host=$(reachable_host)
    if [[ $host == 127.0.0.1 ]]; then host=localhost; fi
    say ""
    say "Ready:             ${RMS_PUBLIC_URL:-http://$host:$RMS_PORT}"
    if [[ $RMS_DEMO == 1 ]]; then
        say "Source simulator:  http://$host:$((RMS_PORT + 1))"
        say "Sign in as         coordinator@demo.example, scheduler@demo.example, admin@demo.example or"
        say "                   privacy@demo.example, with the password Demo-2026-referrals!"
    fi
    say "Logs:              $logs"
    local missing
    missing=$(missing_to_print | paste -sd' ')
    if [[ -n $missing ]]; then say "Not installed:     $missing (for printing and the browser tests; ./rms setup installs them)"; fi
    say "Ctrl-C stops everything."
}

# Until a signal comes: what ends is started again, and logs are kept within bounds.
keep_everything_up() {
    local turns=0
    while :; do
        pause 0.5
        keep_server_up
        keep_up app
        if [[ $RMS_DEMO == 1 ]]; then keep_up simulator; fi
        if ((++turns % 120 == 0)); then bound_logs; fi
    done
}

keep_server_up() {
    local attempt
    if [[ -z ${pid[server]} ]] || alive "${pid[server]}"; then return; fi
    for attempt in 1 2 3; do
        say "$(date +%T) PostgreSQL ended unexpectedly; starting it again (attempt $attempt). Its log: $server_log"
        if server_launch; then return; fi
        pause 2
    done
    die "PostgreSQL does not start again. The end of its log, $server_log:
$(tail -n 15 "$server_log")"
}

# Starts a program again at once, and after 1, 2, 4 ... 15 seconds if it keeps ending.
keep_up() {
    local status=0 delay
    if alive "${pid[$1]}"; then return; fi
    if [[ -z ${revive_at[$1]:-} ]]; then
        wait "${pid[$1]}" || status=$?
        if ((SECONDS - begun_at[$1] > 60)); then revive_delay[$1]=0; fi
        delay=${revive_delay[$1]:-0}
        say "$(date +%T) The $1 ended unexpectedly (exit code $status); starting it again in $delay s. Its log: $logs/$1.log"
        revive_at[$1]=$((SECONDS + delay))
        revive_delay[$1]=$((delay == 0 ? 1 : delay < 8 ? delay * 2 : 15))
    fi
    if ((SECONDS >= revive_at[$1])); then
        revive_at[$1]=''
        "start_$1"
    fi
}

# What writes a log only ever appends, so it can be emptied under the writer's hands.
bound_logs() {
    local log
    for log in "$logs"/*.log; do
        if (($(stat -c %s "$log") > largest_log)); then
            cp "$log" "$log.1"
            : >"$log"
        fi
    done
}
