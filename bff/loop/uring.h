/*
 * Many sends and receives with one system call (io_uring(7)). No call blocks: each has the same
 * result as send(2) or recv(2) with MSG_DONTWAIT.
 *
 * io_uring is not always available: the kernel may be too old, an administrator may have switched
 * io_uring off, and most container runtimes refuse it. So callers must also work without it.
 */
#ifndef BFF_LOOP_URING_H
#define BFF_LOOP_URING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define URING_CALLS 64 /* at most this many calls may be added before uring_run */

struct uring;

struct uring_call {
    bool is_send; /* false: it receives */
    int fd;       /* of a socket */
    char *at;
    size_t len;
    ssize_t result; /* number of bytes; 0 at the end of the stream; or -errno */
};

/* Makes a ring. Only the thread that makes it may use it. Returns NULL and sets errno if io_uring
 * is not available. */
struct uring *uring_new(void);
void uring_free(struct uring *uring);

/* Adds ${call}, which the next uring_run makes. ${call} is borrowed until then. The calls are made
 * in the order in which they were added. */
void uring_add(struct uring *uring, struct uring_call *call);

/* Makes all calls that were added, and sets the result of each. */
void uring_run(struct uring *uring);

#endif
