/*
 * What the process tells on standard output: one JSON object a line. Whoever says something never
 * waits for whoever reads it: a line goes into a ring of the thread that wrote it, and one thread
 * writes what all rings hold. A line that finds its ring full is dropped and counted, and the count
 * is told ("event":"log_dropped") once there is room again.
 *
 * Lines are written whole, and those of one thread in their order; what a thread without a ring of
 * its own says comes behind what others had said before. No line is written before log_start; what
 * was said until then waits.
 */
#ifndef BFF_BASE_LOG_H
#define BFF_BASE_LOG_H

#include <stdint.h>

#include "bff/base/log_line.h"
#include "bff/base/text.h"

/* A member of an event: the text, or the number when the text is absent. */
struct log_field {
    const char *name;
    struct text text; /* escaped as needed */
    int64_t number;
};

/* This thread says much: it gets a ring of its own. All others share one, behind a lock that is
 * held for the time of a copy. */
void log_own_ring(void);

/*
 * Tells that something happened: {"time":"…","event":"${event}", …}, with ${fields} up to one
 * without a name; NULL: none. ${event} and the names need no escaping. From any thread:
 *
 *   log_event("breaker_open", (struct log_field[]){{"service", .text = name},
 *                                                  {"failures", .number = 7},
 *                                                  {0}});
 */
void log_event(const char *event, const struct log_field *fields);

/*
 * A line of another shape: an empty one to write on, and its sending, which ends it with a line
 * feed. Nothing else may be logged in between by the same thread.
 */
struct log_line *log_begin(void);
void log_send(struct log_line *line);

/* Lines go to ${fd} from now on. Called once, after the ready line. */
void log_start(int fd);

/*
 * Writes out what the rings hold and ends; gives up after ${patience_ms} when nobody reads. What
 * is said later is dropped. Without log_start: nothing.
 */
void log_stop(unsigned patience_ms);

#endif
