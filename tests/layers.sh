#!/bin/sh
# Reads every #include "..." below ${1} (default: this repository) and fails on
# - an include that goes up a layer, or sideways. docs/design.md has the list of layers (rooms);
# - headers that include each other in a circle;
# - nouns of one room that include each other in a circle.
#
# A noun is a file NOUN.c, its header NOUN.h, and its parts NOUN_PART.c and NOUN_PART.h. A file
# NOUN_PART is a part of NOUN when it has no header of its own, or when NOUN includes that header.
set -eu
cd "${1:-$(dirname "$0")/..}"

# Rooms that still have circles of nouns.
pending="${LAYERS_PENDING-}"

status=0
list=$(mktemp)
trap 'rm -f "$list"' EXIT

find bff composites clients fixtures -name '*.[ch]' -exec awk '
BEGIN {
    split("base json yaml loop coding http upstream store cache observe record token edge limit session proxy compose config app", layers, " ")
    for (i in layers)
        rank[layers[i]] = i + 0
}

# The layer of bff/<layer>/<file>, 0 when the path is no such thing.
function layer(path,   names) {
    split(path, names, "/")
    return names[1] == "bff" ? rank[names[2]] : 0
}

function begins(path, start) { return index(path, start) == 1 }

# May ${file} include ${want}? Both are paths from the root.
function allowed(file, want,   own) {
    own = file
    sub("[^/]*$", "", own)
    if (begins(file, "bff/"))
        return layer(want) && layer(want) <= layer(file)
    if (begins(want, own))
        return 1
    if (begins(file, "fixtures/"))
        return begins(want, "bff/base/") || begins(want, "bff/json/") || begins(want, "bff/yaml/") \
            || begins(want, "bff/loop/") || want == "bff/compose/mocks.h"
    if (want == "bff/compose/compose.h")
        return 1
    if (!begins(file, "composites/"))
        return 0
    return begins(want, "clients/") || begins(want, "composites/shared/") \
        || (want == "fixtures/mock_upstreams.h" && !begins(file, "composites/shared/"))
}

function complain(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why
    bad = 1
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    if (!allowed(FILENAME, quoted[2]))
        complain("may not include \"" quoted[2] "\"")
}

# Those who write composites never meet the libraries below.
/^[ \t]*#[ \t]*include[ \t]*<(h2o|yajl|yaml|openssl)/ {
    if (begins(FILENAME, "composites/") || begins(FILENAME, "clients/"))
        complain("may not include a library")
}

END { exit bad }
' {} + || status=1

# circles WHAT: reads pairs "includer included", and names those that are in circles.
circles() {
    members=$(tsort 2>&1 >/dev/null | sed -e 's/^tsort: //' -e '/contains a loop/d' | sort -u |
        tr '\n' ' ')
    [ -z "$members" ] || { echo "$1 include each other in a circle: ${members% }"; status=1; }
}

# Headers, by their paths.
find bff composites clients fixtures -name '*.h' -exec awk '
/^#include "/ { split($0, quoted, "\""); print FILENAME, quoted[2] }' {} + >"$list"
circles headers <"$list"

# Nouns, room by room.
nouns() {
    awk -v room="$1/" '
    function stem(path) { sub(/^.*\//, "", path); sub(/\.[ch]$/, "", path); return path }

    function noun(name,   shorter, found) {
        found = shorter = name
        while (sub(/_[^_]*$/, "", shorter))
            if ((shorter in is_file) && (!(found in has_header) ||
                ((shorter, name) in includes) || ((shorter, found) in includes)))
                found = shorter
        return found
    }

    FNR == 1 {
        is_file[stem(FILENAME)] = 1
        if (FILENAME ~ /\.h$/)
            has_header[stem(FILENAME)] = 1
    }
    /^#include "bff\// {
        split($0, quoted, "\"")
        if (index(quoted[2], room) != 1)
            next
        from[++count] = stem(FILENAME)
        to[count] = stem(quoted[2])
        includes[from[count], to[count]] = 1
    }
    END {
        for (i = 1; i <= count; i++)
            if (noun(from[i]) != noun(to[i]))
                print noun(from[i]), noun(to[i])
    }' "$1"/*.[ch]
}

for room in $(find bff -name '*.[ch]' -exec dirname {} + | sort -u); do
    case " $pending " in
    *" ${room#bff/} "*) ;;
    *)
        nouns "$room" >"$list"
        circles "$room: nouns" <"$list"
        ;;
    esac
done
exit $status
