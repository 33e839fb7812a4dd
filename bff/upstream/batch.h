/*
 * A worker's requests and reads of answers, gathered while the loop looks at its events and made
 * together at the end of its step, by one system call (bff/loop/uring.h). That is what most of the
 * time of a small page would go to otherwise.
 *
 * Where the kernel has no such call there is no batch, and connections send and receive themselves.
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
 * A call in a batch, embedded in what makes it; all zero means: there is none. ${done} is told the
 * result as in struct uring_call, from the loop, or (of one that sends) from another's batch_room.
 * What was received is at ${at} until it returns.
 */
struct batch_call {
    void (*done)(struct batch_call *call, char *at, ssize_t result);
    struct batch_call **place; /* in the batch; NULL: it is not under way */
};

/* NULL, with errno, where there can be none. ${soon} are the loop's timeouts of 0 ms. */
struct batch *batch_new(h2o_loop_t *loop, h2o_timeout_t *soon);
void batch_free(struct batch *batch);

/* Where BATCH_SEND_BYTES for the next batch_send may be put. When there is no place left, what is
 * there already is sent first. */
char *batch_room(struct batch *batch);

/* Sends the first ${len} bytes of the room. */
void batch_send(struct batch *batch, int fd, size_t len, struct batch_call *call);

/* False: there is no room for more in this step of the loop. */
bool batch_receive(struct batch *batch, int fd, struct batch_call *call);

/* It is not made, if it has not been yet, and nobody is told. Nothing, when it is not under way. */
void batch_forget(struct batch_call *call);

#endif
