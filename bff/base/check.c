/* See check.h. */
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/check.h"

static _Thread_local struct text working_on;

void check_working_on(struct text id) { working_on = id; }

void check_failed(const char *file, int line, const char *function, const char *condition)
{
    fprintf(stderr, "%s:%d: %s: must(%s) failed, request %.*s\n", file, line, function, condition,
            TEXT_ARGS(working_on.at == NULL ? TEXT("-") : working_on));
    abort();
}
