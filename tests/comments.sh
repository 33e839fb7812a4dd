#!/bin/sh
# Fails where the comment of a struct or of callbacks, below ${1} (default: this repository), is no
# table any more. clang-format fills a line that is too long into the next ones, and then a row ends
# in another row:
#   name      what it is, in a line that was
#  * too long other      what that is
set -eu
cd "${1:-$(dirname "$0")/..}"

find bff -name '*.[ch]' | sort | xargs awk '
FNR == 1 { in_row = 0 }
/^ \*   +[a-z_]+  +[^ ]/ { in_row = 1; next }
in_row && /^ \* [^ ]/ {
    printf "%s:%d: a row of a table goes on at the margin\n", FILENAME, FNR
    bad = 1
}
{ if (!/^ \*    /) in_row = 0 }
END { exit bad }
'
