#!/usr/bin/env bash
# Tests that the images of the Dockerfile do what docs/deploying.md says. Needs no container engine.
#
#     tests/build/image.sh [DIRECTORY]
#
# Makes a minimal Debian 12 with debootstrap (DIRECTORY/base.tar, once), builds the images on it with
# buildah, and starts each image as the first process of its own namespaces, as the user of the image,
# without capabilities, on a read-only root file system. DIRECTORY (default: a temporary directory,
# which is removed at the end) also has the storage of buildah. If the kernel has no overlay for it, set
# STORAGE_DRIVER=vfs, which takes longer and needs some GB. It needs root and a mirror of Debian, and
# installs the packages that are missing. It takes some minutes, so ./dev test does not run it.
set -euo pipefail

most_mb=45 # that our layers may add to the base
secret=a-secret-for-trying-that-nobody-else-has
script=$(realpath "$0")
repository=$(cd "$(dirname "$script")/../.." && pwd)

say() { printf '%s\n' "image: $*"; }
die() { say "FAILED: $*" >&2; exit 1; }
ok() { say "ok: $*"; }

# ---- build ---------------------------------------------------------------------------------------

buildah_here() {
    buildah --root "$directory/storage" --runroot "$directory/run" \
        --storage-driver "${STORAGE_DRIVER:-overlay}" "$@"
}

need() {
    local lacking=() program
    for program in buildah debootstrap curl ip:iproute2; do
        command -v "${program%:*}" >/dev/null || lacking+=("${program#*:}")
    done
    [ ${#lacking[@]} != 0 ] || return 0
    say "installing ${lacking[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        "${lacking[@]}" </dev/null >"$directory/apt.log" 2>&1 || die "see $directory/apt.log"
}

make_base_tar() {
    say "debootstrap"
    rm -rf "$directory/base"
    debootstrap --variant=minbase bookworm "$directory/base" >"$directory/debootstrap.log"
    rm -f "$directory"/base/var/cache/apt/archives/*.deb
    tar -C "$directory/base" --exclude='./dev/*' -cf "$directory/base.tar.new" .
    mv "$directory/base.tar.new" "$directory/base.tar"
    rm -rf "$directory/base"
}

# The sources of apt are part of the base, so they add nothing to the size of the images.
make_base_image() {
    local container file
    container=$(buildah_here from scratch)
    buildah_here add -q "$container" "$directory/base.tar" / >/dev/null
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
        ! grep -qs '^Acquire::' "$file" ||
            buildah_here add -q "$container" "$file" /etc/apt/apt.conf.d/ >/dev/null
    done
    if [ -f /etc/apt/sources.list.d/debian.sources ]; then
        buildah_here add -q "$container" /etc/apt/sources.list.d/debian.sources \
            /etc/apt/sources.list.d/ >/dev/null
        rm -f "$(buildah_here mount "$container")/etc/apt/sources.list"
    fi
    buildah_here commit -q --rm --format docker "$container" bff-base >/dev/null
}

build_image() {
    say "building bff-$1"
    buildah_here bud -q --isolation chroot --format docker --layers --pull-never \
        --build-arg BASE=localhost/bff-base --target "$1" -t "bff-$1" "$repository" \
        >"$directory/bff-$1.log" 2>&1 || { tail -n 30 "$directory/bff-$1.log"; die "no bff-$1"; }
}

# Prints the size of all layers in bytes, not compressed.
layer_bytes() {
    local out=$directory/layers
    rm -rf "$out"
    buildah_here push -q --disable-compression "localhost/$1" "dir:$out" >/dev/null
    du -sb "$out" | cut -f1
    rm -rf "$out"
}

check_size() {
    local base image tenths
    base=$(layer_bytes bff-base)
    image=$(layer_bytes "bff-$1")
    tenths=$(((image - base) * 10 / 1000000))
    [ "$tenths" -le $((most_mb * 10)) ] || die "bff-$1 adds $((tenths / 10)) MB to the base"
    ok "bff-$1 adds $((tenths / 10)).$((tenths % 10)) MB to a base of $((base / 1000000)) MB," \
        "of at most $most_mb"
}

build_all() {
    [ -f "$directory/base.tar" ] || make_base_tar
    make_base_image
    for image in web mobile mock; do
        build_image $image
        check_size $image
    done
}

# ---- run -----------------------------------------------------------------------------------------

# await WHAT COMMAND...: waits until the command succeeds. Fails after 20 seconds.
await() {
    local what=$1 end=$((SECONDS + 20))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "waited in vain for $what: $(cat "$directory"/*.err)"
        sleep 0.05
    done
}

inspect() { buildah_here inspect --type image --format "$2" "localhost/bff-$1"; }
words_of() { inspect "$1" "{{range $2}}{{println .}}{{end}}" | sed '/^$/d'; }

declare -A first_process outer_process

# start IMAGE ARGUMENT...: returns when the image is ready.
start() {
    local image=$1 root entry user
    shift
    root=$(buildah_here mount "$(buildah_here from --pull-never "localhost/bff-$image")")
    mapfile -t entry < <(words_of "$image" .OCIv1.Config.Entrypoint)
    user=$(inspect "$image" '{{.OCIv1.Config.User}}')
    # The mounts here are private to this process and end with it.
    # shellcheck disable=SC2016
    unshare --pid --fork --mount --ipc --uts bash -c '
        set -e
        root=$1 user=$2
        shift 2
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -o remount,bind,ro "$root"
        exec chroot "$root" env -i PATH=/usr/bin:/bin JWT_SECRET="$JWT_SECRET" setpriv \
            --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
            --inh-caps=-all --bounding-set=-all "$@"
    ' start "$root" "$user" "${entry[@]}" "$@" \
        </dev/null >"$directory/$image.out" 2>"$directory/$image.err" &
    outer_process[$image]=$!
    await "the first process of bff-$image" grep -q . "/proc/$!/task/$!/children"
    first_process[$image]=$(cut -d ' ' -f 1 "/proc/$!/task/$!/children")
    await "the ready line of bff-$image" grep -q '"event":"ready"' "$directory/$image.out"
}

# inside IMAGE COMMAND...: runs a command in the namespaces of the image, as docker exec does.
inside() {
    local pid=${first_process[$1]}
    shift
    nsenter --target "$pid" --mount --pid --root --wd=/ "$@"
}

# ends_with IMAGE STATUS: checks the exit status of the first process.
ends_with() {
    local status=0
    wait "${outer_process[$1]}" || status=$?
    unset "outer_process[$1]" "first_process[$1]"
    [ $status = "$2" ] || die "bff-$1 ended with $status, not $2: $(cat "$directory/$1.err")"
}

terminate() { kill -TERM "${first_process[$1]}"; }

check_walls() {
    local image=$1 status
    status=$(cat "/proc/${first_process[$image]}/status")
    grep -qP '^NSpid:.*\t1$' <<<"$status" || die "bff-$image is not the first process"
    grep -qP '^Uid:\t65532\t65532\t65532\t65532$' <<<"$status" || die "bff-$image has another user"
    ! grep -P '^Cap(Prm|Eff|Bnd):\t.*[1-9a-f]' <<<"$status" || die "bff-$image has capabilities"
    [[ $(inside "$image" touch /tmp/a 2>&1) = *'Read-only file system' ]] ||
        die "the root of bff-$image can be written"
    ok "bff-$image is process 1, user 65532, without capabilities, on a root that is read only"
}

check_probe() {
    local command
    mapfile -t command < <(words_of "$1" .Docker.Config.Healthcheck.Test)
    [ "${command[0]}" = CMD ] || die "bff-$1 has no health check"
    inside "$1" "${command[@]:1}" || die "${command[*]:1} ended with $?"
    ok "bff-$1: ${command[*]:1} ended with 0"
}

ask() { curl -sS -m 20 --fail-with-body "$@"; }

# hold FILE: stops the mocks and starts a request that waits for them. Its response goes to FILE.
# Returns when the server has read the request. Sets $asking.
hold() {
    kill -STOP "${first_process[mock]}"
    curl -sS -v -m 20 -H @"$directory/token" http://127.0.0.1:8080/api/users/u1 >"$1" 2>"$1.trace" &
    asking=$!
    await "a request" grep -q '^> GET' "$1.trace"
    await "its reading" bash -c "ss -Htn 'sport = :8080' | awk '\$2 { exit 1 }'"
}

drain_starts() {
    terminate web
    await "connections to be refused" bash -c \
        'curl -s -m 5 http://127.0.0.1:8080/health; [ $? = 7 ]'
}

check_drain() {
    hold "$directory/answer"
    drain_starts
    kill -CONT "${first_process[mock]}"
    wait $asking || die "the request under way was broken off: $(cat "$directory/answer.trace")"
    grep -q '"id": *"u1"' "$directory/answer" || die "another answer: $(cat "$directory/answer")"
    grep -qi '^< connection: close' "$directory/answer.trace" || die "the connection is kept"
    ends_with web 0
    [[ $(tail -n 1 "$directory/web.out") = *'"event":"drained"'* ]] || die "no word of the drain"
    ok "bff-web drains on SIGTERM: a request under way is answered, status 0"
}

check_second_signal() {
    start web
    hold "$directory/answer"
    drain_starts
    terminate web
    ends_with web 143
    kill -CONT "${first_process[mock]}"
    ok "bff-web ends at once by a second SIGTERM, status 143"
}

check_answers() {
    ask http://127.0.0.1:8080/health >/dev/null
    ask http://127.0.0.1:8080/api/auth/login \
        -d '{"email":"ada.nowak@mail.example","password":"ada-loves-tea"}' |
        sed 's/.*"token":"\([^"]*\)".*/Authorization: Bearer \1/' >"$directory/token"
    for port in 8080 8081; do
        ask -H @"$directory/token" http://127.0.0.1:$port/api/dashboard/u1 |
            grep -q '"partialFailure":false' || die "no dashboard on port $port"
    done
    ok "bff-web and bff-mobile answer with a dashboard made of bff-mock's services"
}

run_all() {
    ip link set lo up
    start mock
    for image in web mobile; do
        start $image
        check_walls $image
        check_probe $image
    done
    check_answers
    terminate mobile
    ends_with mobile 0
    check_drain
    check_second_signal
    terminate mock
    ends_with mock 0
}

# The images run in namespaces of this script and end with it.
if [ "${1-}" = --run ]; then
    directory=$2
    export JWT_SECRET=$secret
    # When the first process of a namespace ends, all others end, too.
    trap 'kill -KILL "${first_process[@]}" 2>/dev/null || true' EXIT
    run_all
    exit
fi

[ "$(id -u)" = 0 ] || die "needs root"
# Mounts that buildah leaves are private to this script and end with it.
[ -n "${IMAGE_INSIDE-}" ] || IMAGE_INSIDE=1 exec unshare --mount bash "$script" "$@"
if [ $# = 0 ]; then
    directory=$(mktemp -d)
    trap '! mountpoint -q "$directory/storage/overlay" || umount "$directory/storage/overlay"
          rm -rf "$directory"' EXIT
else
    mkdir -p "$1"
    directory=$(cd "$1" && pwd)
fi
need
build_all
unshare --mount --net bash "$script" --run "$directory"
say "all is well"
