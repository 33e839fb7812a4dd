/* See stderr_filter.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bff/base/check.h"
#include "bff/http/stderr_filter.h"

static const char dropped[] = "skipping frame (type:";

/* Writes ${bytes} to standard error or drops them. The stream is line-buffered, so ${bytes} are the
 * output of one fprintf. */
static ssize_t pass_on(void *cookie, const char *bytes, size_t count)
{
    size_t done = 0;

    if (count >= sizeof(dropped) - 1 && memcmp(bytes, dropped, sizeof(dropped) - 1) == 0)
        return (ssize_t)count;
    while (done < count) {
        ssize_t wrote = write(STDERR_FILENO, bytes + done, count - done);
        if (wrote < 0 && errno != EINTR)
            return 0;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return (ssize_t)count;
}

void stderr_filter_install(void)
{
    FILE *quiet = fopencookie(NULL, "w", (cookie_io_functions_t){.write = pass_on});

    must(quiet != NULL && setvbuf(quiet, NULL, _IOLBF, BUFSIZ) == 0);
    stderr = quiet; /* glibc allows an assignment to stderr */
}
