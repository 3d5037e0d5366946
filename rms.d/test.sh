# shellcheck shell=bash
# ./rms test. Read by ../rms.

command_test() {
    counting=yes # from here on the last line is the count, whatever happens
    local suite=${1:-all}
    if (($#)); then shift; fi
    case $suite in
        all | unit | integration | browser | format) ;;
        *) die "there is no suite called $suite: unit, integration, browser, format" ;;
    esac
    if [[ $suite == all || $suite == browser ]]; then prepare missing_to_test; else prepare missing_to_run; fi
    if ! lock test; then
        say "Waiting for another ./rms test on this data folder to end ..."
        flock 9 &
        wait $!
    fi
    cd "$repository"
    rm -rf "$RMS_DATA/results"
    mkdir -p "$RMS_DATA/results"

    if [[ $suite == all || $suite == format ]]; then check_format; fi
    if [[ $suite == format ]]; then return; fi
    # One suite needs only what it tests.
    local what=Rms.sln
    case $suite in
        unit) what=tests/Rms.UnitTests ;;
        integration) what=tests/Rms.IntegrationTests ;;
        browser) what=tests/Rms.BrowserTests ;;
    esac
    if ! building step "Building (a few minutes the first time)" dotnet build "$what" -c Release -v minimal; then
        failed=$((failed + 1))
        return
    fi
    if [[ $suite == all || $suite == unit ]]; then run_suite Rms.UnitTests "$@"; fi
    if [[ $suite == all || $suite == integration || $suite == browser ]]; then
        server_for_tests test throwaway
        export RMS_TEST_DATABASE=$test_database
    fi
    if [[ $suite == all || $suite == integration ]]; then run_suite Rms.IntegrationTests "$@"; fi
    if [[ $suite == all || $suite == browser ]]; then run_suite Rms.BrowserTests "$@"; fi
}

missing_to_test() {
    missing_to_run
    missing_to_print
}

check_format() {
    building step "Restoring the formatter" dotnet tool restore
    say "Checking the format ..."
    spawn - dotnet csharpier check .
    if finish "Checking the format"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        say "The format differs: ./rms format puts it right."
    fi
}

# run_suite project option...: runs a test program and adds what its results file counts. A skipped test is a failed one.
run_suite() {
    local results=$RMS_DATA/results/$1.trx status=0 counts threads
    local good=0 bad=0
    threads=$(nproc)
    say "Running $1 ..."
    spawn - timeout --kill-after=10 45m dotnet "artifacts/bin/$1/release/$1.dll" -noLogo -noColor -failSkips \
        -maxThreads $((threads < 4 ? threads : 4)) -longRunning 120 -trx "$results" "${@:2}"
    finish "$1" || status=$?
    if [[ -s $results ]]; then
        counts=$(sed -nE 's/.*<Counters .* passed="([0-9]+)" failed="([0-9]+)" error="([0-9]+)".*/\1 \2 \3/p' "$results")
        read -r good bad errors <<<"$counts"
        bad=$((bad + errors))
    fi
    if ((status != 0 && bad == 0)); then
        say "$1 ended with exit code $status and no failed test: that counts as one."
        bad=1
    fi
    say "$1: $good passed, $bad failed"
    passed=$((passed + good))
    failed=$((failed + bad))
}
