#!/usr/bin/env bash
# Tests a clone of this repository on a Debian 12 that has only git.
#
#     tests/build/bare_debian.sh [DIRECTORY [COMMAND...]]
#
# Makes such a system in DIRECTORY (default: a temporary directory, which is removed at the end),
# clones the last commit into it, and runs each COMMAND there (default: "./dev demo --check" and
# "./dev test"), without standard input. debootstrap makes DIRECTORY/base.tar once. DIRECTORY/root is
# made from it each time. It needs root and debootstrap, and the ports 8080 and 8081 must be free. It
# takes a quarter of an hour, so ./dev test does not run it.
set -euo pipefail

# The mounts below are private to this script and end with it.
if [ -z "${BARE_DEBIAN_INSIDE-}" ]; then
    BARE_DEBIAN_INSIDE=1 exec unshare --mount bash "$0" "$@"
fi

repository=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# = 0 ]; then
    directory=$(mktemp -d)
    trap 'umount -R "$directory"/root/{proc,dev} && rm -rf "$directory"' EXIT
else
    mkdir -p "$1"
    directory=$(cd "$1" && pwd)
    shift
fi
[ $# != 0 ] || set -- "./dev demo --check" "./dev test"
root=$directory/root

make_base() {
    rm -rf "$root"
    debootstrap --variant=minbase --include=git bookworm "$root"
    rm -f "$root"/var/cache/apt/archives/*.deb
    tar -C "$root" -cf "$directory/base.tar.new" .
    mv "$directory/base.tar.new" "$directory/base.tar"
}

# Copies the settings of the network: the name servers, the sources of apt, and the certificates that
# npm needs behind a proxy.
copy_settings() {
    local file
    [ -z "${NODE_EXTRA_CA_CERTS-}" ] || cp -L "$NODE_EXTRA_CA_CERTS" "$root/etc/npm_ca.pem"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    if [ -f /etc/apt/sources.list.d/debian.sources ]; then
        cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
        rm -f "$root/etc/apt/sources.list"
    fi
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
        ! grep -qs '^Acquire::' "$file" || cp "$file" "$root/etc/apt/apt.conf.d/"
    done
}

[ -f "$directory/base.tar" ] || make_base
rm -rf "$root"
mkdir "$root"
tar -C "$root" -xf "$directory/base.tar"
copy_settings
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
git clone -q "file://$repository" "$root/root/bff"

for command; do
    echo "== $command"
    start=$SECONDS
    chroot "$root" env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} \
        ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/npm_ca.pem} \
        bash -c "cd /root/bff && $command" </dev/null
    echo "== $command: $((SECONDS - start)) s"
done
