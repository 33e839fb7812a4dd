#!/bin/sh
# Fails on a function whose name does not begin with the name of its file, below ${1} (default: this
# repository). For bff/ROOM/a_b.c and a_b.h these beginnings are allowed:
#   a_b, and its plural a_bs;
#   a, if bff/ROOM/a.h exists: then a_b.c is a part of a.
# Static functions have no rule, except those in headers. There are two exceptions: bff_main, which the
# public header compose.h declares, and functions that replace a function of libh2o (h2o_, phr_).
set -eu
cd "${1:-$(dirname "$0")/..}"

# Beginnings of the paths of files that do not follow the rule yet.
pending=""

# shellcheck disable=SC2016 # awk's fields
find bff -name '*.[ch]' | sort | xargs awk -v pending="$pending" '
function stem(path) { sub(/^.*\//, "", path); sub(/\.[ch]$/, "", path); return path }
function room(path) { sub(/[^\/]*$/, "", path); return path }
function begins(name, with) { return name == with || index(name, with "_") == 1 }

# Does a header of the room have the name ${noun}?
function is_noun(noun) { return (room(FILENAME) noun ".h") in headers }

function allowed(name,   noun) {
    noun = stem(FILENAME)
    if (begins(name, noun) || begins(name, noun "s"))
        return 1
    while (sub(/_[^_]*$/, "", noun))
        if (is_noun(noun) && begins(name, noun))
            return 1
    return 0
}

function is_pending(   i, count, starts) {
    count = split(pending, starts, " ")
    for (i = 1; i <= count; i++)
        if (index(FILENAME, starts[i]) == 1)
            return 1
    return 0
}

BEGIN {
    for (i = 1; i < ARGC; i++)
        if (ARGV[i] ~ /\.h$/)
            headers[ARGV[i]] = 1
}

# The format puts a function in column one: its name and parameters, then its brace, or all of it in
# one line.
FNR == 1 { line = 0 }
/^[a-z].*[a-z0-9_]\(/ { line = FNR; text = $0 }
/^[})#]/ || (/;$/ && !/\{/) { if (line != FNR || !/\{/) line = 0 }
line && (/^\{/ || (line == FNR && /\{.*\}$/)) {
    is_hidden = text ~ /^static / && FILENAME ~ /\.c$/
    sub(/\(.*/, "", text)
    sub(/^.*[ *]/, "", text)
    if (!is_hidden && text !~ /^(bff_main$|h2o_|phr_)/ && !allowed(text) && !is_pending()) {
        printf "%s:%d: %s does not begin with the name of its file\n", FILENAME, line, text
        bad = 1
    }
    line = 0
}
END { exit bad }
'
