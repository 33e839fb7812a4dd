#!/bin/sh
# Fails on a file of more than 400 lines and on a function of more than 60, below ${1} (default:
# this repository). The format puts a function's braces, and nothing else's, in column one.
set -eu
cd "${1:-$(dirname "$0")/../..}"

find bff composites clients fixtures tests -name '*.[ch]' -exec awk '
function complain(line, what, lines, most) {
    printf "%s:%d: a %s of %d lines, more than %d\n", FILENAME, line, what, lines, most
    bad = 1
}
FNR == 401 { complain(401, "file", 401, 400) }
/^\{/ { start = FNR }
/^\}/ && start {
    if (FNR - start + 1 > 60)
        complain(start, "function", FNR - start + 1, 60)
    start = 0
}
END { exit bad }
' {} +
