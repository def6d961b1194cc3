# A fleet of simulated computers and a server that polls it, for the parts that measure one.
# shellcheck shell=sh disable=SC2034,SC2154 # shares variables with common.sh and the parts
agents=${AGENTS:-10000}
interval=${INTERVAL:-30}
port=${PORT:-19100}
# By then every computer has been polled twice, so all connections are open.
warm_up=${WARM_UP:-$((interval * 2))}
# The hard limit.
ulimit -n "$(ulimit -Hn)"

# Starts the simulated computers; sets $fleet. Needs the same flags as `register`.
start_fleet() {
    start fleet "$swarm" serve --agents "$agents" --port "$port" "$@"
    fleet=$process
    line fleet "$agents agents" >/dev/null
}

# Starts a server on a database and waits until it listens; sets $server and $url.
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

# measure NAME FLAG...: measures the server for $seconds, and the lateness over the whole intervals in that time.
measure() {
    name=$1
    shift
    from_ms=$(date +%s%3N)
    $swarm bench watch --name "$name" --pid "$server" --swarm-pid "$fleet" --url "$url" --seconds "$seconds" "$@" \
        >>"$figures"
    # By then the last answers are stored.
    sleep 3
    $swarm bench lateness --name "$name" --interval-ms $((interval * 1000)) --from-ms "$from_ms" \
        --intervals $((seconds / interval)) "$database" >>"$figures"
}

# Makes an empty database with an account and a session, and one with the fleet, registered with these flags.
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
# register DATABASE FLAG...: makes a database with the fleet.
register() {
    target=$1
    shift
    rm -f "$target"*
    cp "$folder/empty.db" "$target"
    "$swarm" register --agents "$agents" --port "$port" "$@" "$target" >/dev/null
}

# Notes the size of the answers for Muster and for the peers.
note_answers() {
    start_fleet "$@"
    note "muster_bytes $(answer_bytes /systeminfo)"
    note "peer_bytes $(answer_bytes /metrics)"
    stop "$fleet"
}
answer_bytes() {
    $swarm scrape --name asked --url "http://127.1.0.0:$port" --path "$1" --token swarm --pid "$fleet" --count 1 |
        sed -n 's/^asked.bytes //p'
}
