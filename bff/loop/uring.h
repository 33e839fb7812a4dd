/*
 * Many sends and receives by one system call, where the kernel lets us (io_uring(7)). None of them
 * waits: each ends as send(2) or recv(2) with MSG_DONTWAIT would.
 *
 * A kernel may be too old, an administrator may have switched it off, and what runs containers
 * mostly refuses it: whoever uses this must be able to do without.
 */
#ifndef BFF_LOOP_URING_H
#define BFF_LOOP_URING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define URING_CALLS 64 /* at most, added and not run yet */

struct uring;

struct uring_call {
    bool is_send; /* else it receives */
    int fd;       /* of a socket */
    char *at;
    size_t len;
    ssize_t result; /* bytes, 0 at the end of the stream, or -errno */
};

/* Of use to the thread that makes it only. NULL, with errno, where there is no such thing. */
struct uring *uring_new(void);
void uring_free(struct uring *uring);

/* ${call} is made by the next uring_run, in the order of adding; it is borrowed until then. */
void uring_add(struct uring *uring, struct uring_call *call);

/* Makes all that were added: each has its result afterwards. */
void uring_run(struct uring *uring);

#endif
