# shellcheck shell=bash
# What the machine must have. Read by ../rms.

# Prints the Debian packages that are missing. What came by another way counts: we look for the thing, not the package.
missing_to_run() {
    if [[ -z ${RMS_DATABASE:-} ]]; then postgres_programs >/dev/null || say postgresql; fi
    /sbin/ldconfig -p 2>/dev/null | grep -q libicuuc || icu_package
    [[ -e /usr/share/zoneinfo/America/Toronto ]] || say tzdata
}

missing_to_print() {
    command -v chromium >/dev/null || say chromium
    [[ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ]] || say fonts-noto-core
    [[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]] || say fonts-noto-cjk
}

# libicu72 on Debian 12; the number moves with the release.
icu_package() {
    local newest
    newest=$(apt-cache pkgnames libicu 2>/dev/null | grep -xE 'libicu[0-9]+' | sort -V | tail -n 1) || true
    say "${newest:-libicu72}"
}

# need package...: installs, or says what to install.
need() {
    (($#)) || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        die "not installed: $*
     As root, once:  ./rms setup
     or by hand:     apt-get update && apt-get install --no-install-recommends $*"
    fi
    say "Not installed yet: $*"
    keep_debian_from_starting_postgresql
    local get=(env DEBIAN_FRONTEND=noninteractive apt-get -yq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
    step "Reading Debian's list of packages" "${get[@]}" update
    step "Installing $*" "${get[@]}" install --no-install-recommends "$@"
}

# Debian's package would make and start a database of its own; we want its programs only.
keep_debian_from_starting_postgresql() {
    if [[ -d /etc/postgresql-common ]]; then return; fi # installed before: its owner has chosen
    mkdir -p /etc/postgresql-common/createcluster.d
    say 'create_main_cluster = false # written by rms, whose databases are private' \
        >/etc/postgresql-common/createcluster.d/rms.conf
}

need_dotnet() {
    local where='get it at https://dotnet.microsoft.com/download/dotnet/10.0'
    command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: $where"
    dotnet --list-sdks | grep -q '^10\.' \
        || die "the .NET 10 SDK is missing (found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')): $where"
}

prepare() {
    if ! mkdir -p "$logs" 2>/dev/null || [[ ! -w $RMS_DATA || ! -w $logs ]]; then
        die "$(id -un) cannot write to $RMS_DATA. Choose another folder: RMS_DATA=/some/folder ./rms ..."
    fi
    # Some accounts have no home, and the SDK keeps packages and settings in one.
    if [[ ! -w ${HOME:-/nonexistent} ]]; then
        export HOME=$RMS_DATA/home
        mkdir -p "$HOME"
    fi
    need_dotnet
    local missing
    mapfile -t missing < <("$@")
    need "${missing[@]}"
}
