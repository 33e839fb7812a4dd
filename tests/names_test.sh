#!/bin/sh
# Tests tests/names.sh: adds a function to a tree that is otherwise in order and checks what the
# script says.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/names.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/bff/http"
: >"$tree/bff/http/reply.h"

failed=0
while read -r want file code; do
    # shellcheck disable=SC2059 # the line feeds of the table
    printf "$code\n" >"$tree/bff/http/$file"
    got=refused
    sh "$check" "$tree" >"$tree/said" && got=allowed
    if [ "$got" != "$want" ]; then
        echo "$file: $code: want $want, got $got: $(cat "$tree/said")"
        failed=1
    fi
    rm "$tree/bff/http/$file"
done <<'TABLE'
allowed route.c         int route_find(int a)\n{\n}
allowed route.c         int route(void) { return 0; }
allowed route.c         struct a *routes_new(int a,\n                   int b)\n{\n}
allowed route.c         static int take(int a)\n{\n}
allowed route.c         int take(int a);\nint route_find(void)\n{\n}
allowed reply_more.c    int reply_begin(void)\n{\n}
allowed route.h         int take(int a);
allowed route.c         static const char *const a[] = {\n};
refused route.c         int take(int a)\n{\n}
refused route.c         int router(int a)\n{\n}
refused route.c         struct a *take(int a,\n               int b)\n{\n}
refused route.c         int take(void) { return 0; }
refused more_reply.c    int reply_begin(void)\n{\n}
refused route.h         static inline int take(int a)\n{\n}
refused route.h         static inline int take(int a) { return a; }
TABLE
exit $failed
