/*
 * Many sends and receives with one system call (io_uring(7)). None of them waits: each has the same
 * result as send(2) or recv(2) with MSG_DONTWAIT.
 *
 * It is not always available: the kernel may be too old, an administrator may have switched it off,
 * and most container runtimes refuse it. So callers must also work without it.
 */
#ifndef BFF_LOOP_URING_H
#define BFF_LOOP_URING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define URING_CALLS 64 /* the most that may be added before a run */

struct uring;

struct uring_call {
    bool is_send; /* false: it receives */
    int fd;       /* of a socket */
    char *at;
    size_t len;
    ssize_t result; /* bytes, 0 at the end of the stream, or -errno */
};

/* Only the thread that made it may use it. NULL, with errno set, where it is not available. */
struct uring *uring_new(void);
void uring_free(struct uring *uring);

/* Adds ${call}, which is borrowed until the next uring_run makes it. The order is kept. */
void uring_add(struct uring *uring, struct uring_call *call);

/* Makes all calls that were added. Afterwards each of them has its result. */
void uring_run(struct uring *uring);

#endif
