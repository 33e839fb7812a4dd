/*
 * The thread that takes lines from rings and writes them to a descriptor. It gathers for some
 * milliseconds, so that many lines go out by one write(2), and sleeps when there is nothing; only
 * then does a line cost its producer a system call. It alone waits for who reads.
 */
#ifndef BFF_BASE_LOG_WRITER_H
#define BFF_BASE_LOG_WRITER_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bff/base/log_line.h"
#include "bff/base/log_ring.h"

enum log_writer_state {
    LOG_WRITER_AWAKE, /* looks at every ring before it rests */
    LOG_WRITER_NAPS,  /* until the gathering is over or a ring gets full */
    LOG_WRITER_SLEEPS,
};

/* All zero: not started. */
struct log_writer {
    int fd;
    _Atomic(struct log_ring *) rings; /* a list */
    struct log_ring *events;
    _Atomic int state;
    _Atomic bool is_ending, is_over;
    bool is_started;
    sem_t wake, ended;

    /* the thread's own */
    bool is_broken;   /* nobody will ever read again */
    bool is_failing;  /* in this round */
    bool is_torn;     /* what was written last does not end a line */
    uint64_t dropped; /* lines, not yet told */
    struct log_line line;
};

/* Takes lines from ${ring} too, which lives as long as the writer. From any thread, before
 * log_writer_start or after it. */
void log_writer_add(struct log_writer *writer, struct log_ring *ring);

/* Something was put into ${ring}, by the calling thread. */
void log_writer_nudge(struct log_writer *writer, const struct log_ring *ring);

/*
 * Begins to write to ${fd}. What ${events} holds comes out behind what the other rings were given
 * before it: that all is drained is told after the requests.
 */
void log_writer_start(struct log_writer *writer, int fd, struct log_ring *events);

/*
 * Writes out what the rings hold and ends. -1: somebody who does not read has used up
 * ${patience_ms}; the thread hangs on then, and ${writer} stays its own.
 */
int log_writer_end(struct log_writer *writer, unsigned patience_ms);

#endif
