# A fleet of simulated computers, and a server that polls it: for the parts that measure one.
# shellcheck shell=sh disable=SC2034,SC2154 # common.sh and the parts have the rest
agents=${AGENTS:-10000}
interval=${INTERVAL:-30}
port=${PORT:-19100}
# Every computer was called twice by then: all connections stand.
warm_up=${WARM_UP:-$((interval * 2))}
# As many as this user may have.
ulimit -n "$(ulimit -Hn)"

# Starts the simulated computers; their process is $fleet. What it is given is given to `register` too.
start_fleet() {
    start fleet "$swarm" serve --agents "$agents" --port "$port" "$@"
    fleet=$process
    line fleet "$agents agents" >/dev/null
}

# Starts a server on a database and waits until it listens; its process is $server, and it answers at $url.
launch() {
    start server env -u DATABASE_URL -u DATABASE_PATH ADMIN_USERNAME=bench ADMIN_PASSWORD=bench-server \
        "$bin/muster" serve --listen "127.0.0.1:$((port - 1))" --interval "$interval" --database "$1"
    server=$process
    url=$(line server "Dashboard: " | sed 's|/$||')
}
start_server() {
    launch "$1"
    database=$1
    sleep "$warm_up"
}

# A server's figures under a name, over so many intervals as fit into the time.
measure() {
    name=$1
    shift
    from_ms=$(date +%s%3N)
    $swarm bench watch --name "$name" --pid "$server" --swarm-pid "$fleet" --url "$url" --seconds "$seconds" "$@" \
        >>"$figures"
    # What was answered at last is stored by then.
    sleep 3
    $swarm bench lateness --name "$name" --interval-ms $((interval * 1000)) --from-ms "$from_ms" \
        --intervals $((seconds / interval)) "$database" >>"$figures"
}

# An empty database with an account and a session, and one with the fleet in it, served with these flags.
prepare() {
    note "agents $agents"
    note "interval $interval"
    note "warm_up $warm_up"
    say "a database with $agents computers"
    launch "$folder/empty.db"
    session=$($swarm history login --username bench --password bench-server "$url")
    stop "$server"
    register "$folder/fleet.db" "$@"
    note_answers "$@"
}
# A database with the fleet in it, as it is served.
register() {
    target=$1
    shift
    rm -f "$target"*
    cp "$folder/empty.db" "$target"
    "$swarm" register --agents "$agents" --port "$port" "$@" "$target" >/dev/null
}

# How large the answers are that each kind of server gets.
note_answers() {
    start_fleet "$@"
    note "muster_bytes $(asked /systeminfo)"
    note "peer_bytes $(asked /metrics)"
    stop "$fleet"
}
asked() {
    $swarm scrape --name asked --url "http://127.1.0.0:$port" --path "$1" --token swarm --pid "$fleet" --count 1 |
        sed -n 's/^asked.bytes //p'
}
