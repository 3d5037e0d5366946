# shellcheck shell=bash
# PostgreSQL: private servers. Read by ../rms.

# A private server: its files under RMS_DATA, on a port of 127.0.0.1, with passwords that nobody else knows.

# Prints the folder of PostgreSQL's programs: the newest there is, or those that made the data folder $1.
postgres_programs() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    if [[ -s ${1:-}/PG_VERSION ]]; then folder=/usr/lib/postgresql/$(<"$1/PG_VERSION")/bin; fi
    if [[ ! -x $folder/postgres ]]; then folder=$(dirname "$(command -v postgres || say /none/postgres)"); fi
    [[ -x $folder/postgres ]] && say "$folder"
}

# PostgreSQL refuses to run as root, so then it runs as the user that its package made.
postgres_user() { if id postgres >/dev/null 2>&1; then say postgres; else say nobody; fi; }

# Fills $as_postgres, to be put before a command: its user, none of our environment, a folder that it may be in.
choose_postgres_user() {
    as_postgres=()
    if ((EUID == 0)); then
        as_postgres=(setpriv --reuid "$(postgres_user)" --regid "$(id -g "$(postgres_user)")" --init-groups --)
    fi
    as_postgres+=(env -i -C / "PATH=$PATH" LC_ALL=C.UTF-8)
}

# server_place folder: chooses where the server's files go, in $server. PostgreSQL's user may be unable to enter the
# folder (a clone inside one that only root may enter): then they go to /var/lib, and a note in the folder says where.
server_place() {
    local wanted=$1 elsewhere
    choose_postgres_user
    server=$wanted
    mkdir -p "$wanted"
    if ((EUID != 0)); then
        chmod 700 "$wanted"
        return
    fi
    chown "$(postgres_user):" "$wanted"
    chmod 700 "$wanted"
    if "${as_postgres[@]}" test -w "$wanted"; then return; fi

    elsewhere=/var/lib/rms-$(printf '%s' "$wanted" | sha256sum | cut -c1-16)
    if [[ -s $wanted/where && $(<"$wanted/where") != "$elsewhere" ]]; then
        die "$RMS_DATA was moved, and its database is still in $(<"$wanted/where").
     Move that folder to $elsewhere, and write this new name into $wanted/where"
    fi
    if [[ ! -e $wanted/where && -d $elsewhere ]]; then
        # The data folder was removed, and the passwords with it. What is left over is set aside, not destroyed.
        stop_stale_server "$elsewhere/data"
        mv "$elsewhere" "$elsewhere.old-$(date +%Y%m%d-%H%M%S)"
        say "Set aside a database whose data folder was removed: $elsewhere.old-*"
    fi
    mkdir -p "$elsewhere"
    chown "$(postgres_user):" "$elsewhere"
    chmod 700 "$elsewhere"
    say "$elsewhere" >"$wanted/where"
    server=$elsewhere
}

# Makes the passwords once and reads them: $superuser_password, $owner_password, $app_password.
server_passwords() {
    local name
    if [[ ! -s $1 ]]; then
        (
            umask 077
            for name in superuser owner app; do
                say "${name}_password=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')"
            done >"$1.new"
        )
        mv "$1.new" "$1"
    fi
    superuser_password=$(sed -n 's/^superuser_password=//p' "$1")
    owner_password=$(sed -n 's/^owner_password=//p' "$1")
    app_password=$(sed -n 's/^app_password=//p' "$1")
}

port_taken() { (exec 7<>"/dev/tcp/$1/$2") 2>/dev/null; }

# The port of last time while it is free, so that it stays the same; otherwise one outside the kernel's own range.
choose_server_port() {
    server_port=$(cat "$1" 2>/dev/null) || true
    while [[ -z $server_port ]] || port_taken 127.0.0.1 "$server_port"; do
        server_port=$((20000 + RANDOM % 12000))
    done
    say "$server_port" >"$1"
}

memory_mb() {
    local machine container
    machine=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    container=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || true
    if [[ $container =~ ^[0-9]+$ ]] && ((container / 1048576 < machine)); then machine=$((container / 1048576)); fi
    say "$machine"
}

# server_settings durable|throwaway
server_settings() {
    local memory buffers safe=on
    memory=$(memory_mb)
    buffers=$((memory / 8 < 512 ? memory / 8 : 512))
    if [[ $1 == throwaway ]]; then safe=off; fi
    cat <<SETTINGS
# Written by rms at each start.
listen_addresses = '127.0.0.1'
port = $server_port
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = ${buffers}MB
effective_cache_size = $((memory / 2))MB
work_mem = 8MB
maintenance_work_mem = 64MB
random_page_cost = 1.1
jit = off
wal_level = replica
min_wal_size = 128MB
max_wal_size = 1GB
fsync = $safe
full_page_writes = $safe
synchronous_commit = $safe
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
# A failing statement and the detail of its error may quote a row: neither belongs into a log.
log_min_error_statement = panic
log_error_verbosity = terse
SETTINGS
}

# Everything that stands in a data folder, as PostgreSQL's processes all do.
processes_in() {
    local entry
    for entry in /proc/[0-9]*; do
        if [[ $(readlink "$entry/cwd" 2>/dev/null) == "$1" ]]; then say "${entry#/proc/}"; fi
    done
}

# Stops a server that outlived a run killed outright. The lock file of one that did not is removed: PostgreSQL would
# take any process that has got the same number since, or a zombie, for the server and refuse to start.
stop_stale_server() {
    local process
    [[ -e $1/postmaster.pid ]] || return 0
    process=$(head -n 1 "$1/postmaster.pid")
    if [[ $(readlink "/proc/$process/cwd" 2>/dev/null) == "$1" ]]; then
        say "Stopping the PostgreSQL that an earlier run left behind (process $process)."
        stop "$process" INT 60
    fi
    # The children of a server that was killed notice and end; nobody may write beside the next one.
    for process in $(processes_in "$1"); do stop "$process" TERM 10; done
    rm -f "$1/postmaster.pid"
}

# In a folder beside, renamed when complete: a half-made one is never taken for a database.
# Trust is for the local socket, and there is none; over TCP it takes a password.
server_create() {
    local new=$server/data.new options=()
    if [[ $1 == throwaway ]]; then options=(--no-sync); fi
    rm -rf "$new"
    step "Making a private database server" "${as_postgres[@]}" "$programs/initdb" "--pgdata=$new" --username=postgres \
        --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 --data-checksums "${options[@]}"
    say "include 'rms.conf'" >>"$new/postgresql.conf"
    mv "$new" "$server/data"
}

# For a new server, and for one whose passwords file was lost: PostgreSQL's single-user mode asks for no password.
set_superuser_password() {
    local mark
    mark=$(sha256sum <"$1")
    if [[ $(cat "$server/password-set" 2>/dev/null) == "$mark" ]]; then return; fi
    "${as_postgres[@]}" "$programs/postgres" --single -D "$server/data" postgres >>"$server_log" 2>&1 \
        <<<"alter role postgres password '$superuser_password'"
    say "$mark" >"$server/password-set"
}

# server_start name durable|throwaway: makes the server if need be, starts it, and waits until it answers.
# Afterwards $server_port is set, and the passwords.
server_start() {
    server_log=$logs/$1.log
    server_place "$RMS_DATA/$1"
    server_passwords "$RMS_DATA/$1.passwords"
    programs=$(postgres_programs "$server/data") \
        || die "$server/data was made by PostgreSQL $(cat "$server/data/PG_VERSION"), which is not installed here"
    stop_stale_server "$server/data"
    if [[ ! -e $server/data ]]; then
        rm -f "$server/password-set"
        server_create "$2"
    fi
    choose_server_port "$RMS_DATA/$1.port"
    server_settings "$2" >"$server/data/rms.conf"
    if ((EUID == 0)); then chown "$(postgres_user):" "$server/data/rms.conf"; fi
    set_superuser_password "$RMS_DATA/$1.passwords"
    server_launch || die "PostgreSQL does not start. The end of its log, $server_log:
$(tail -n 15 "$server_log")"
}

# Starts the server and waits until it answers: at once mostly, longer when it has a crash to recover from.
server_launch() {
    local told=$SECONDS
    stop_stale_server "$server/data"
    spawn "$server_log" "${as_postgres[@]}" setpriv --pdeathsig INT -- "$programs/postgres" -D "$server/data"
    pid[server]=$spawned
    until "$programs/pg_isready" -q -h 127.0.0.1 -p "$server_port"; do
        alive "${pid[server]}" || return 1
        pause 0.1
        if ((SECONDS - told >= 10)); then
            told=$SECONDS
            say "  PostgreSQL is recovering: $(tail -n 1 "$server_log")"
        fi
    done
}

# Reads SQL as the server's superuser.
server_sql() {
    PGPASSWORD=$superuser_password "$programs/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$server_port" -U postgres \
        -d postgres -o /dev/null "$@"
}

# server_for_tests name durable|throwaway: a new server, gone at the end; its connection string in $test_database.
# The role may make databases and roles.
server_for_tests() {
    server_place "$RMS_DATA/$1"
    stop_stale_server "$server/data"
    rm -rf "$server/data"
    scratch+=("$server" "$RMS_DATA/$1")
    server_start "$1" "$2"
    server_sql <<<"create role rms_test login createdb createrole password '$owner_password'; create database rms_test owner rms_test;"
    test_database="$(connection rms_test rms_test "$owner_password")"
}

# connection database role password: as Npgsql wants it.
connection() { say "Host=127.0.0.1;Port=$server_port;Database=$1;Username=$2;Password=$3"; }
