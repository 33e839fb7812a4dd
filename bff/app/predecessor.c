/* See predecessor.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bff/app/predecessor.h"
#include "bff/app/successor.h"
#include "bff/base/memory.h"
#include "bff/base/text.h"
#include "bff/http/listen_inherited.h"

#define DESCRIPTOR_MAX 1048576 /* the largest one that Linux allows by default (fs.nr_open) */

/* Of the process, because the environment is. */
static int to = -1;   /* the pipe to the predecessor; -1: there is none */
static bool is_there; /* this process was started by its predecessor */

static bool is_pipe(int fd)
{
    struct stat file;

    return fstat(fd, &file) == 0 && S_ISFIFO(file.st_mode);
}

void predecessor_begin(void)
{
    const char *value = getenv(SUCCESSOR_VARIABLE);
    uint64_t fd;

    if (value != NULL && text_number(text_of(value), DESCRIPTOR_MAX, &fd) == 0 &&
        is_pipe((int)fd) && fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
        to = (int)fd;
    is_there = to != -1;
    unsetenv(SUCCESSOR_VARIABLE);
}

bool predecessor_is_there(void) { return is_there; }

/* A predecessor that has ended meanwhile does not read this. SIGPIPE is ignored. */
static void send_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(to, bytes, len);
        if (sent <= 0)
            return;
        bytes += sent;
        len -= (size_t)sent;
    }
}

void predecessor_tell_ready(void)
{
    if (to == -1)
        return;
    size_t count = listen_inherited_report(NULL, 0);
    char *report = memory_new(count + 1);

    listen_inherited_report(report, count);
    report[count] = SUCCESSOR_READY;
    send_all(report, count + 1);
    memory_free(report);
    close(to);
    to = -1;
}
