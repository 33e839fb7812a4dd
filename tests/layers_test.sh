#!/bin/sh
# Tests tests/layers.sh: adds an include, or a few, to a tree that is otherwise in order and checks
# what the script says.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

for layer in base json yaml loop http upstream store cache observe edge limit proxy compose config app; do
    mkdir -p "$tree/bff/$layer"
    echo '#include "bff/base/text.h"' >"$tree/bff/$layer/noun.c"
done
mkdir -p "$tree/clients" "$tree/fixtures" "$tree/composites/shared" "$tree/composites/web" \
    "$tree/composites/mobile"
sh "$check" "$tree" || { echo "a tree in order was refused"; exit 1; }

failed=0
while read -r want file include; do
    echo "#include $include" >"$tree/$file"
    got=refused
    sh "$check" "$tree" >"$tree/said" && got=allowed
    if [ "$got" != "$want" ]; then
        echo "$file: $include: want $want, got $got"
        failed=1
    fi
    if [ "$got" = refused ] && ! grep -q "^$file:1: " "$tree/said"; then
        echo "$file: $include: the complaint does not name the line: $(cat "$tree/said")"
        failed=1
    fi
    rm "$tree/$file"
done <<'TABLE'
allowed bff/base/a.c            "bff/base/text.h"
allowed bff/json/a.c            "bff/base/text.h"
allowed bff/loop/a.c            "bff/json/json.h"
refused bff/base/a.c            "bff/json/json.h"
allowed bff/upstream/a.c        "bff/http/reply.h"
allowed bff/compose/a.c         "bff/proxy/proxy.h"
allowed bff/compose/a.c         "bff/observe/part_report.h"
allowed bff/observe/a.c         "bff/upstream/call.h"
allowed bff/app/a.c             "bff/compose/plan.h"
allowed fixtures/a.c            "bff/base/text.h"
allowed fixtures/a.c            "fixtures/mock.h"
allowed fixtures/a.c            "bff/compose/mocks.h"
allowed clients/a.c             "bff/compose/compose.h"
allowed clients/a.h             "clients/b.h"
allowed composites/shared/a.c   "bff/compose/compose.h"
allowed composites/shared/a.c   "composites/shared/b.h"
allowed composites/shared/a.c   "clients/users.h"
allowed composites/web/a.c      "bff/compose/compose.h"
allowed composites/web/a.c      "clients/users.h"
allowed composites/web/a.c      "composites/shared/b.h"
allowed composites/web/a.c      "composites/web/b.h"
allowed composites/web/a.c      "fixtures/mock_upstreams.h"
refused bff/base/a.c            "bff/http/reply.h"
refused bff/base/a.h            "bff/config/config.h"
refused bff/http/a.c            "bff/upstream/call.h"
refused bff/upstream/a.c        "bff/edge/login.h"
refused bff/http/a.c            "bff/observe/observer.h"
refused bff/observe/a.c         "bff/compose/run.h"
refused bff/proxy/a.c           "bff/compose/compose.h"
refused bff/compose/a.c         "bff/config/config.h"
refused bff/compose/a.c         "fixtures/mock.h"
refused bff/compose/a.c         "clients/users.h"
refused bff/app/a.c             "composites/web/build.h"
refused bff/app/a.c             "fixtures/mock.h"
refused bff/app/a.c             "fixtures/mock_upstreams.h"
refused bff/base/a.c            "text.h"
refused bff/base/a.c            "../http/reply.h"
refused fixtures/a.c            "bff/http/reply.h"
refused fixtures/a.c            "bff/compose/compose.h"
refused clients/a.c             "bff/base/text.h"
refused clients/a.c             "composites/shared/b.h"
refused clients/a.c             <h2o.h>
refused composites/web/a.c      "bff/compose/plan.h"
refused composites/web/a.c      "composites/mobile/b.h"
refused composites/web/a.c      "fixtures/mock.h"
refused composites/shared/a.c   "fixtures/mock_upstreams.h"
refused composites/web/a.c      <yajl/yajl_tree.h>
TABLE

# Circles: the files of each case, FILE:INCLUDED, and what the script says.
while read -r want names; do
    rm -rf "$tree/bff/loop"
    mkdir "$tree/bff/loop"
    for pair in $names; do
        echo "#include \"bff/loop/${pair#*:}\"" >>"$tree/bff/loop/${pair%%:*}"
    done
    got=refused
    LAYERS_PENDING='' sh "$check" "$tree" >"$tree/said" && got=allowed
    if [ "$got" != "$want" ] ||
        { [ "$got" = refused ] && ! grep -q 'include each other in a circle: ' "$tree/said"; }; then
        echo "$names: want $want, got $got: $(cat "$tree/said")"
        failed=1
    fi
    LAYERS_PENDING=loop sh "$check" "$tree" >"$tree/said" || grep -q '^headers' "$tree/said" ||
        { echo "$names: a room that is pending was refused"; failed=1; }
done <<'TABLE'
allowed a.c:a.h a.c:b.h b.c:b.h
allowed a.c:a.h a.h:b.h b.c:b.h c.h:a.h c.h:b.h
allowed a.c:a.h a.h:a_part.h a_part.c:a_part.h a_part.c:a.h
allowed a.c:a.h a_part.c:a.h
allowed a_new.h:b.h b.h:a.h a_new.c:a_new.h a_new_part.c:b.h
refused a.c:a.h a.h:b.h b.h:a.h
refused a.c:b.h a.h:a_other.h b.h:b_other.h b.c:a.h
refused a.c:b.h a.h:c.h b.c:c.h b.h:d.h c.c:a.h c.h:d.h
refused a.h:a_part.h a_part.h:a.h
refused b.c:b.h b_part.c:a.h a.c:b.h a.h:c.h
TABLE
exit $failed
