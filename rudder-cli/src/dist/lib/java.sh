# shellcheck shell=sh
# Finds the Java runtime. Sourced by the scripts in bin/, which set home.

# Sets java, access_flags (what its version wants to hear) and archive (where the class archive for exactly this
# runtime belongs).
find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, where there is no bin/java; set it to a Java runtime, 17 or newer"
    else
        java=$(command -v java) || fail "no java found; install a Java runtime, 17 or newer, or set JAVA_HOME"
    fi
    full_version=
    read_release
    if [ -z "$full_version" ]; then
        full_version=$("$java" -version 2>&1 | sed -n 's/.* version "\(.*\)".*/\1/p')
    fi
    version=${full_version%%[!0-9]*}
    [ "${version:-0}" -ge 17 ] || fail "$java is Java ${full_version:-of unknown version}; rudder needs 17 or newer"
    # Without them, Netty and JNA are slower or warned about; older runtimes do not know them.
    access_flags=
    if [ "$version" -ge 24 ]; then
        access_flags="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
    fi
    archive=$home/cds/$full_version.jsa
}

# The file "release" tells the version without starting a JVM for it.
read_release() {
    release=$(readlink -f "$java")
    release=${release%/bin/java}/release
    [ -r "$release" ] || return 0
    while IFS='"' read -r name value _; do
        case $name in
            JAVA_RUNTIME_VERSION=) full_version=$value ;;
            JAVA_VERSION=) full_version=${full_version:-$value} ;;
        esac
    done <"$release"
}

fail() {
    echo "rudder: $1" >&2
    exit 1
}
