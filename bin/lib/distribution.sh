# shellcheck shell=bash
# Finds the built distribution of the daemon, or builds it. Sourced by the scripts in bin/, which set ROOT.

# Prints the folder of the built distribution, or nothing.
distribution() {
    local script
    for script in "$ROOT"/rudder-cli/target/rudder*/bin/rudder; do
        if [ -x "$script" ]; then
            dirname "$(dirname "$script")"
            return
        fi
    done
}

# Whether anything that the distribution is made of is newer than what was built last.
distribution_is_stale() {
    local stamp=$ROOT/rudder-cli/target/.distribution-built
    [ -z "$(distribution)" ] || [ ! -e "$stamp" ] || [ -n "$(changed_since "$stamp")" ]
}

build_distribution() {
    (cd "$ROOT" && mvn -q -pl rudder-cli -am package -DskipTests -Dspotless.check.skip)
    touch "$ROOT/rudder-cli/target/.distribution-built"
}

changed_since() {
    find "$ROOT/pom.xml" "$ROOT"/rudder-*/pom.xml "$ROOT"/rudder-*/src -newer "$1" -print -quit
}
