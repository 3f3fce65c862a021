# shellcheck shell=bash
# A small Debian with a Java runtime, as a tar file: what images and scratch roots are made of where no image can be
# pulled. Sourced by the scripts in bin/.

BASE_PACKAGES=openjdk-17-jre-headless,iproute2,nftables,iputils-ping,etcd-server,etcd-client,systemd-sysv,dbus

# Prints the tar file; makes it if there is none, which takes some minutes and is kept for later runs.
debian_base() {
    local cache=${XDG_CACHE_HOME:-/var/cache}/rudder-verify file root
    file=$cache/$(debian_codename)-base.tar
    if [ ! -e "$file" ]; then
        mkdir -p "$cache"
        root=$(mktemp -d "$cache/root.XXXXXX")
        run_quietly debootstrap --variant=minbase --include="$BASE_PACKAGES" "$(debian_codename)" "$root" "$(debian_mirror)"
        rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/usr/share/doc/* "$root"/usr/share/locale/*
        chmod 755 "$root"
        tar -C "$root" -cf "$file.new" .
        rm -rf "$root"
        mv "$file.new" "$file"
    fi
    echo "$file"
}

debian_codename() {
    sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# Where this machine's package manager has the distribution itself from.
debian_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(RELEASE) $(SITE)' | awk -v name="$(debian_codename)" '$1 == name && !done { print $2; done = 1 }'
}
