#!/bin/sh
# Fails on a file of more than 400 lines and on a function of more than 40 below ${1} (default: this
# repository), and when the median function of bff/ has more than 12 lines. The length of a function
# is counted from its opening brace to its closing brace. The format puts these braces, and no
# others, in column one.
set -eu
cd "${1:-$(dirname "$0")/../..}"

find bff composites clients fixtures tests -name '*.[ch]' -exec awk '
function complain(line, what, lines, most) {
    printf "%s:%d: a %s of %d lines, more than %d\n", FILENAME, line, what, lines, most
    bad = 1
}

# Half of the functions of bff/ are not longer than this.
function median(   half, length_) {
    half = (count + 1) / 2
    for (length_ = 0; half > 0; length_++)
        half -= of_length[length_]
    return length_ - 1
}

FNR == 401 { complain(401, "file", 401, 400) }
/^\{/ { start = FNR }
/^\}/ && start {
    lines = FNR - start + 1
    if (lines > 40)
        complain(start, "function", lines, 40)
    if (FILENAME ~ /^bff\//) {
        of_length[lines]++
        count++
    }
    start = 0
}
END {
    if (count > 0)
        printf "the median function of bff/ has %d lines\n", median()
    if (count > 0 && median() > 12) {
        print "bff/: more than 12"
        bad = 1
    }
    exit bad
}
' {} +
