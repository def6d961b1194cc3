# What the parts of the benchmark share; each sources it as its first deed. A part writes its figures into the
# file that it is given: a name and a value a line, a line a run, of which `muster-swarm report` makes the tables.
# shellcheck shell=sh disable=SC2034 # what is set here is used there
set -eu
cd "$(dirname "$0")/${up:-../..}"
bin=$PWD/target/release
swarm=$bin/muster-swarm
# On the disk of the project: a temporary folder may lie in memory, where nothing is written to a disk.
mkdir -p target
folder=$(mktemp -d "$PWD/target/bench.XXXXXX")
figures=$folder/figures
peers=${PEERS-node_exporter fastapi prometheus victoria}
processes=

say() { echo "$(date +%T) $*" >&2; }
note() { echo "$*" >>"$figures"; }
figure() { sed -n "s|^$1 ||p" "$figures" | tail -n 1; }
# Of something that is not measured: the tables say why.
missing() {
    say "$1 is not measured: $2"
    note "missing.$1 $2"
}

# Nothing is left: each process that was started is asked to end, and then made to.
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
    # shellcheck disable=SC2086 # words are meant: a process each
    end $processes
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Starts a program that is ended with this script at the latest; its number is in $process. What it prints is
# in $folder/NAME.
start() {
    name=$1
    shift
    # Nobody may read what one of that name printed before.
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

# Waits for a line in what a program prints, at most 20 s, and prints what follows it in that line.
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
# Waits until somebody answers there, at most a minute.
await() {
    for _ in $(seq 600); do
        if "$swarm" get "$1" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    echo "nobody answers at $1" >&2
    exit 1
}

# A peer's program: the one that is installed, or else apt's, taken out of its package and not installed, so
# that no service is left running. Prints where it is.
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
        # Where apt has no lists yet, whoever may gets them.
        { download "$1" || { apt-get -qq update && download "$1"; }; } &&
            dpkg-deb -f "$1"_*.deb Version >"$1.version" && dpkg -x "$1"_*.deb . && rm "$1"_*.deb
    )
}
download() { apt-get -qq -o APT::Sandbox::User=root download "$1"; }
# As the package has it: not every program knows its own.
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
# Whether a peer is wanted and to be had; else the tables say why not. Its program is in $found then.
has() {
    wanted "$1" || return 1
    if ! found=$(program "$2" "$3") || [ -z "$found" ]; then
        missing "$1" "apt has no package $2 here"
        return 1
    fi
}

# Measures something in a shell of its own: where that fails, the rest goes on. (An `if` around it would let it
# go on after its first failure.)
apart() {
    set +e
    (
        set -e
        processes=
        # shellcheck disable=SC2086 # words are meant: a process each
        trap 'end $processes' EXIT
        trap 'exit 130' INT TERM
        "bench_$1"
    )
    code=$?
    set -e
    [ "$code" != 130 ] || exit 130
    [ "$code" = 0 ] || missing "$1" "it failed here"
}

# The figures, whole or not at all, where they are asked for.
keep() {
    [ -n "${1:-}" ] || { cat "$figures"; return; }
    mkdir -p "$(dirname "$1")"
    cp "$figures" "$1.new"
    mv "$1.new" "$1"
}

note "date $(date -u +%F)"
note "machine $("$swarm" machine)"
commit=$(git rev-parse --short=10 HEAD 2>/dev/null || true)
# What was measured is what is in the commit, or what somebody is at.
[ -z "$commit" ] || git diff --quiet HEAD -- crates web scripts Cargo.toml Cargo.lock || commit="$commit with changes"
note "muster $("$bin/muster" --version)${commit:+ ($commit)}"
