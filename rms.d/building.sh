# shellcheck shell=bash
# Building and migrating. Read by ../rms.

# One build at a time in a checkout, whoever started it.
building() {
    mkdir -p "$repository/artifacts"
    exec 8<>"$repository/artifacts/build.lock"
    if ! flock -n 8; then
        say "Waiting for another build of this checkout ..."
        flock 8 &
        wait $!
    fi
    local status=0
    "$@" || status=$?
    exec 8>&-
    return "$status"
}

# For running only: without the analysers, which take longer than the compiler and are for ./rms test to ask. In a place
# of its own, or the next ./rms test would find everything compiled and never ask them.
without_analysers() {
    local what=$1
    shift
    building step "$what" dotnet "$@" -c Release -v minimal -p:RunAnalyzers=false --artifacts-path "$RMS_DATA/build"
}

# The app runs from what `dotnet publish` gives, as it will in production, in a folder that no later build touches.
# Nothing is done when nothing has changed since.
publish() {
    local target=$RMS_DATA/program changed
    if [[ -e $target/complete ]]; then
        changed=$(cd "$repository" && find src web migrations Directory.*.props -newer "$target/complete" -print -quit)
        if [[ -z $changed ]]; then return; fi
    fi
    rm -rf "$target"
    mkdir -p "$target"
    touch "$target/begun"
    without_analysers "Building the app (a minute or two the first time)" \
        publish "$repository/web/Rms.Web.csproj" -o "$target/web"
    without_analysers "Building the source simulator" \
        publish "$repository/src/Simulator/Rms.Simulator.csproj" -o "$target/simulator"
    mv "$target/begun" "$target/complete" # dated before the build: what was edited meanwhile is newer
}

# --- Migrating ------------------------------------------------------------------------------------
# The database given by RMS_DATABASE, or the private one, which is started.
database_start() {
    if [[ -z ${RMS_DATABASE:-} ]]; then
        server_start database durable
        RMS_OWNER_PASSWORD=$owner_password RMS_APP_PASSWORD=$app_password \
            server_sql -f "$repository/migrations/setup/roles.sql"
    fi
    choose_connections
}

choose_connections() {
    if [[ -n ${RMS_DATABASE:-} ]]; then
        owner_database=${RMS_DATABASE_OWNER:-$RMS_DATABASE}
    else
        owner_database=$(connection rms rms_owner "$owner_password")
        RMS_DATABASE=$(connection rms rms_app "$app_password")
    fi
    export RMS_DATABASE
    unset RMS_DATABASE_OWNER # for migrating only: the app never sees it
}

# migrate folder: with the build in that folder.
migrate() {
    local status=0
    export RMS_DATABASE_OWNER=$owner_database
    step "Migrating the database" dotnet "$1/Rms.Web.dll" migrate || status=$?
    unset RMS_DATABASE_OWNER
    return "$status"
}

command_migrate() {
    prepare missing_to_run
    without_analysers "Building" build "$repository/web/Rms.Web.csproj"
    if lock run; then
        database_start
    else
        say "Migrating the database of the ./rms run that is under way."
        server_port=$(cat "$RMS_DATA/database.port" 2>/dev/null) || true
        server_passwords "$RMS_DATA/database.passwords"
        choose_connections
    fi
    migrate "$RMS_DATA/build/bin/Rms.Web/release"
    cat "$logs/migrating-the-database.log"
}
