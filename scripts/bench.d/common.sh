# Shared by the parts of the benchmark; each sources it first. A part writes its figures to the given file, one name
# and value per line and one line per run. `muster-swarm report` makes the tables from them.
# shellcheck shell=sh disable=SC2034 # the parts use these variables
set -eu
cd "$(dirname "$0")/${up:-../..}"
bin=$PWD/target/release
swarm=$bin/muster-swarm
# On the disk of the project: a temporary folder may be in memory, where nothing would be written to disk.
mkdir -p target
folder=$(mktemp -d "$PWD/target/bench.XXXXXX")
figures=$folder/figures
peers=${PEERS-node_exporter fastapi prometheus victoria}
processes=

say() { echo "$(date +%T) $*" >&2; }
note() { echo "$*" >>"$figures"; }
figure() { sed -n "s|^$1 ||p" "$figures" | tail -n 1; }
# missing KEY REASON: notes that something is not measured; the tables show the reason.
missing() {
    say "$1 is not measured: $2"
    note "missing.$1 $2"
}

# Ends processes: first with SIGTERM, after 10 s with SIGKILL.
end() {
    for ended in "$@"; do kill "$ended" 2>/dev/null || true; done
    for ended in "$@"; do
        for _ in $(seq 100); do
            kill -0 "$ended" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$ended" 2>/dev/null || true
        wait "$ended" 2>/dev/null || true
    done
}
cleanup() {
    # shellcheck disable=SC2086 # one word per process
    end $processes
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# start NAME COMMAND...: starts a program, which ends with this script at the latest. Its process id is in $process,
# its output in $folder/NAME.
start() {
    name=$1
    shift
    # Discard the output of an earlier program of that name.
    : >"$folder/$name"
    : >"$folder/$name.log"
    "$@" >"$folder/$name" 2>"$folder/$name.log" &
    process=$!
    processes="$processes $process"
}
stop() {
    end "$@"
    for stopped in "$@"; do
        processes=$(echo " $processes " | sed "s| $stopped | |")
    done
}

# line NAME START: waits up to 20 s for a line of a program's output that starts so, and prints the rest of the line.
line() {
    for _ in $(seq 200); do
        found_line=$(sed -n "s|^$2||p" "$folder/$1" | head -n 1)
        [ -z "$found_line" ] || { echo "$found_line"; return; }
        sleep 0.1
    done
    echo "$1 printed no line \"$2\":" >&2
    cat "$folder/$1" "$folder/$1.log" >&2
    exit 1
}
# await URL: waits up to a minute until the URL answers.
await() {
    for _ in $(seq 600); do
        if "$swarm" get "$1" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    echo "$1 does not answer" >&2
    exit 1
}

# program PACKAGE NAME: prints the path of a peer's program. Uses the installed one, or unpacks the apt package without
# installing it, so that no service is left running.
program() {
    if command -v "$2"; then return; fi
    here=$PWD/target/peers/usr/bin/$2
    [ -x "$here" ] || unpack "$1" >&2 || return 1
    echo "$here"
}
unpack() {
    mkdir -p target/peers
    (
        cd target/peers
        # If apt has no package lists yet, update them.
        { download "$1" || { apt-get -qq update && download "$1"; }; } &&
            dpkg-deb -f "$1"_*.deb Version >"$1.version" && dpkg -x "$1"_*.deb . && rm "$1"_*.deb
    )
}
download() { apt-get -qq -o APT::Sandbox::User=root download "$1"; }
# The version of the package: not every program knows its own.
version() {
    case $found in
        "$PWD"/target/peers/*) cat "target/peers/$1.version" ;;
        *) dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo "of an unknown version" ;;
    esac
}

wanted() {
    case " $peers " in *" $1 "*) ;; *)
        missing "$1" "not asked for"
        return 1
        ;;
    esac
}
# has KEY PACKAGE NAME: whether a peer is wanted and available; if not, notes why. Sets $found to its program.
has() {
    wanted "$1" || return 1
    if ! found=$(program "$2" "$3") || [ -z "$found" ]; then
        missing "$1" "apt has no package $2"
        return 1
    fi
}

# apart NAME: runs bench_NAME in a subshell, so that a failure does not stop the other parts. (Inside an `if`, `set -e`
# would have no effect.)
apart() {
    set +e
    (
        set -e
        processes=
        # shellcheck disable=SC2086 # one word per process
        trap 'end $processes' EXIT
        trap 'exit 130' INT TERM
        "bench_$1"
    )
    code=$?
    set -e
    [ "$code" != 130 ] || exit 130
    [ "$code" = 0 ] || missing "$1" "the measurement failed"
}

# keep [FILE]: replaces FILE with the figures in one step, or prints them.
keep() {
    [ -n "${1:-}" ] || { cat "$figures"; return; }
    mkdir -p "$(dirname "$1")"
    cp "$figures" "$1.new"
    mv "$1.new" "$1"
}

note "date $(date -u +%F)"
note "machine $("$swarm" machine)"
commit=$(git rev-parse --short=10 HEAD 2>/dev/null || true)
# Names the commit, and says whether the sources differ from it.
[ -z "$commit" ] || git diff --quiet HEAD -- crates web scripts Cargo.toml Cargo.lock || commit="$commit with changes"
note "muster $("$bin/muster" --version)${commit:+ ($commit)}"
