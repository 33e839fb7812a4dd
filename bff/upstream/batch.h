/*
 * Collects a worker's sends and receives while the loop handles its events, and makes them together
 * at the end of the step, with one system call (bff/loop/uring.h). Without a batch, a small page
 * would spend most of its time in system calls.
 *
 * On a kernel without io_uring there is no batch, and each connection sends and receives by itself.
 */
#ifndef BFF_UPSTREAM_BATCH_H
#define BFF_UPSTREAM_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <h2o.h>

#define BATCH_SEND_BYTES ((size_t)2 * 1024)     /* of one request, at most */
#define BATCH_RECEIVE_BYTES ((size_t)16 * 1024) /* of one read, at most */

struct batch;

/*
 * A call in a batch, embedded in its owner. All zero means: no call is pending. ${done} gets the
 * result as in struct uring_call. The loop calls ${done}; for a send, batch_room may call it, too,
 * when another connection needs a buffer. The received bytes are at ${at} until ${done} returns.
 */
struct batch_call {
    void (*done)(struct batch_call *call, char *at, ssize_t result);
    struct batch_call **place; /* in the batch; NULL: not pending */
};

/* Returns NULL, with errno set, when io_uring is not available. ${soon} is the loop's list of
 * timeouts of 0 ms. */
struct batch *batch_new(h2o_loop_t *loop, h2o_timeout_t *soon);
void batch_free(struct batch *batch);

/* Returns the buffer for the next batch_send, BATCH_SEND_BYTES long. When the batch is full, all
 * collected sends are made first. */
char *batch_room(struct batch *batch);

/* Adds a send of the first ${len} bytes of the buffer that the last batch_room returned. */
void batch_send(struct batch *batch, int fd, size_t len, struct batch_call *call);

/* Adds a receive. Returns false when the batch is full for this step of the loop. */
bool batch_receive(struct batch *batch, int fd, struct batch_call *call);

/* Cancels ${call}: if the system call has not been made yet, it is not made, and done is not
 * called. Does nothing when ${call} is not pending. */
void batch_forget(struct batch_call *call);

#endif
