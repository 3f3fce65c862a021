# shellcheck shell=bash
# Installs the commands that a script needs, on Debian and Ubuntu. Sourced by the scripts in bin/.

# Prints the package that provides a command.
package_of() {
    case $1 in
        docker | dockerd) echo docker.io ;;
        edge) echo n2n ;;
        etcd) echo etcd-server ;;
        etcdctl) echo etcd-client ;;
        ip | ss) echo iproute2 ;;
        iptables) echo iptables ;;
        javac) jdk_package ;;
        mvn) echo maven ;;
        nft) echo nftables ;;
        ping) echo iputils-ping ;;
        setpriv) echo util-linux ;;
        systemd-nspawn) echo systemd-container ;;
        dpkg-deb) echo dpkg ;;
        sysctl) echo procps ;;
        tincd) echo tinc ;;
        vtund) echo vtun ;;
        wg) echo wireguard-tools ;;
        *) echo "$1" ;;
    esac
}

# JDK 17 where the distribution has it, else its usual JDK, which is newer.
jdk_package() {
    if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
        echo openjdk-17-jdk-headless
    else
        echo default-jdk-headless
    fi
}

# Installs what is missing of the given commands; touches nothing if all are there.
install_missing() {
    local missing=() packages=() command
    for command in "$@"; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    if ! command -v apt-get >/dev/null; then
        echo "missing commands: ${missing[*]}; install them (there is no apt-get here to do it)" >&2
        return 1
    fi
    echo "installing what provides: ${missing[*]}"
    run_quietly apt-get update -q
    for command in "${missing[@]}"; do
        packages+=("$(package_of "$command")")
    done
    without_starting_services apt-get install -qy --no-install-recommends "${packages[@]}"
}

# Prints the browser that a test can use. A snap sees neither the test's network nor its files.
find_browser() {
    local name path
    for name in chromium google-chrome google-chrome-stable; do
        path=$(command -v "$name") || continue
        case $(readlink -f "$path") in
            */snap | /snap/*) ;;
            *)
                echo "$path"
                return
                ;;
        esac
    done
    return 1
}

# Installs a browser if there is none; fails where the distribution has it only as a snap, or not at all.
install_browser() {
    local candidate
    if find_browser >/dev/null; then
        return
    fi
    command -v apt-get >/dev/null || return 1
    run_quietly apt-get update -q
    candidate=$(apt-cache policy chromium | sed -n 's/^ *Candidate: //p')
    case $candidate in
        '' | '(none)' | *snap* | *ubuntu*) return 1 ;;
        *) install_missing chromium ;;
    esac
}

# Debian starts the services that it installs. An etcd that nobody asked for must not occupy port 2379, so the package
# manager is told not to start any (invoke-rc.d(8)), unless the machine has a policy of its own.
without_starting_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e $policy ]; then
        run_quietly "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    run_quietly "$@" || status=$?
    rm -f $policy
    return $status
}

# Shows a command's output only if it fails.
run_quietly() {
    local output
    if ! output=$(DEBIAN_FRONTEND=noninteractive "$@" 2>&1); then
        printf '%s\n' "$output" >&2
        echo "failed: $*" >&2
        return 1
    fi
}
