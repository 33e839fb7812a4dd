#!/bin/sh
# Reads every #include "..." below ${1} (default: this repository) and fails on one that goes up a
# layer, or sideways. docs/design.md has the list of layers; includes go down it only.
set -eu
cd "${1:-$(dirname "$0")/..}"

find bff composites clients fixtures -name '*.[ch]' -exec awk '
BEGIN {
    split("base json loop http upstream observe edge proxy compose config app", layers, " ")
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
        return begins(want, "bff/base/") || begins(want, "bff/json/") || begins(want, "bff/loop/") \
            || want == "bff/compose/mocks.h"
    if (want == "bff/compose/compose.h")
        return 1
    return begins(file, "composites/") && !begins(file, "composites/shared/") \
        && (begins(want, "clients/") || begins(want, "composites/shared/") \
            || want == "fixtures/mock_upstreams.h")
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
' {} +
