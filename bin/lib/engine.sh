# shellcheck shell=bash
# Docker engines of our own, each in a network namespace that has no way out, beside whatever runs on this machine.
# Sourced by the scripts in bin/.

# Starts an engine. Its socket is <folder>/docker.sock, its log <folder>/engine.log.
#   start_engine <network namespace> <folder> <dockerd option>...
start_engine() {
    local namespace=$1 folder=$2
    shift 2
    mkdir -p "$folder"
    # An empty configuration instead of the machine's.
    echo '{}' >"$folder/daemon.json"
    # Not "ip netns exec": it mounts a new /sys, in which there are no control groups.
    nsenter --net="/run/netns/$namespace" dockerd --config-file="$folder/daemon.json" --host="unix://$folder/docker.sock" \
        --data-root="$folder/data" --exec-root="$folder/exec" --pidfile="$folder/docker.pid" --ip-masq=false \
        --userland-proxy=false "$@" >"$folder/engine.log" 2>&1 </dev/null &
    echo $! >"$folder/launched.pid"
    if ! wait_until 60 engine_answers "$folder"; then
        tail -n 20 "$folder/engine.log" >&2
        echo "dockerd in $namespace does not answer" >&2
        return 1
    fi
}

engine_answers() {
    docker -H "unix://$1/docker.sock" version >/dev/null 2>&1
}

# Ends an engine and everything that runs in it; what it kept is removed.
#   stop_engine <folder>
stop_engine() {
    local folder=$1 pid container
    [ -s "$folder/launched.pid" ] || return 0
    read -r pid <"$folder/launched.pid"
    for container in $(docker -H "unix://$folder/docker.sock" ps -q 2>/dev/null); do
        docker -H "unix://$folder/docker.sock" rm -f "$container" >/dev/null 2>&1 || true
    done
    kill "$pid" 2>/dev/null || true
    wait_until 30 is_no_more "$pid" || kill -KILL "$pid"
    rm -rf "$folder"
}

is_no_more() {
    ! kill -0 "$1" 2>/dev/null
}

wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.2
    done
}
