/*
 * The thread that writes the lines of all rings to a file descriptor. It waits some milliseconds
 * between two rounds, so that one write(2) writes many lines. When there are no lines, the thread
 * sleeps. A producer makes a system call only to wake the thread: if the thread sleeps, or if the
 * producer's ring is more than half full. Only this thread waits for the reader of the log.
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
    LOG_WRITER_AWAKE,  /* the writer looks at every ring before it waits */
    LOG_WRITER_NAPS,   /* it waits until the next round, or until a ring is more than half full */
    LOG_WRITER_SLEEPS, /* it waits until a line is put into a ring */
};

/* A writer that is all zero is not started. */
struct log_writer {
    int fd;
    _Atomic(struct log_ring *) rings; /* a linked list */
    struct log_ring *events;
    _Atomic int state;
    _Atomic bool is_ending, is_over;
    bool is_started;
    sem_t wake, ended;

    /* Used only by the thread of the writer. */
    bool is_broken;   /* the file descriptor is closed: no write can succeed any more */
    bool is_failing;  /* a write has failed in this round */
    bool is_torn;     /* the last byte that was written is not a line feed */
    uint64_t dropped; /* number of dropped lines that are not yet reported */
    struct log_line line;
};

/* Adds ${ring}, which must live as long as ${writer}. Any thread may call this function, before or
 * after log_writer_start. */
void log_writer_add(struct log_writer *writer, struct log_ring *ring);

/* Tells the writer that the calling thread has put a line into ${ring}. */
void log_writer_nudge(struct log_writer *writer, const struct log_ring *ring);

/*
 * Starts the thread, which writes to ${fd}. The lines of the ring ${events} keep their order with
 * all other rings: each is written after the lines that were put into other rings before it. So the
 * event "drained" follows the line of the last request.
 */
void log_writer_start(struct log_writer *writer, int fd, struct log_ring *events);

/*
 * Writes the lines that are in the rings and ends the thread. Returns 0, or -1 if this takes longer
 * than ${patience_ms} milliseconds because the reader of the log does not read. After -1 the thread
 * still runs, and ${writer} must stay in memory.
 */
int log_writer_end(struct log_writer *writer, unsigned patience_ms);

#endif
