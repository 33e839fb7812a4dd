/* See interpose.h. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/http/interpose.h"

void *interpose_library(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    must(found != NULL);
    return found;
}

void interpose_check(const char *name, const void *ours)
{
    if (dlsym(RTLD_DEFAULT, name) == ours)
        return;
    fprintf(stderr,
            "this program is linked wrongly: libh2o uses its own %s, and would read requests in "
            "its own way. Link it with --export-dynamic-symbol=%s\n",
            name, name);
    _exit(1);
}
