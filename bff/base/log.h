/*
 * The log: lines of JSON on standard output, one object per line. Writing a line never waits for
 * the reader of the log. Each line goes into a ring buffer of its thread, and one thread
 * (log_writer.h) writes the lines of all rings. When a ring is full, new lines for it are dropped
 * and counted. When the ring has room again, the event "log_dropped" reports the count.
 *
 * Lines are never mixed, and the lines of one thread keep their order. A line of a thread without
 * its own ring comes after all lines that other threads wrote before it. Lines from before
 * log_start stay in the rings until log_start.
 */
#ifndef BFF_BASE_LOG_H
#define BFF_BASE_LOG_H

#include <stdint.h>

#include "bff/base/log_line.h"
#include "bff/base/text.h"

/* A member of the JSON object of an event. Its value is the text, or the number if the text is
 * absent. */
struct log_field {
    const char *name;
    struct text text; /* escaped as needed */
    int64_t number;
};

/* Gives the calling thread its own ring. It is for threads that write many lines. All other threads
 * share one ring; its mutex is locked while a line is copied. */
void log_own_ring(void);

/*
 * Writes a line for an event: {"time":"…","event":"${event}", …}. The last element of ${fields} has
 * no name; if ${fields} is NULL, the event has no other members. ${event} and the names must not
 * need escaping. Any thread may call this function:
 *
 *   log_event("breaker_open", (struct log_field[]){{"service", .text = name},
 *                                                  {"failures", .number = 7},
 *                                                  {0}});
 */
void log_event(const char *event, const struct log_field *fields);

/* Begins a line that is not an event: returns an empty line, to which the caller adds the whole
 * text. The thread must not write any other line before log_send. */
struct log_line *log_begin(void);

/* Adds the line feed to the line of log_begin and puts it into the ring. */
void log_send(struct log_line *line);

/* Starts to write lines to ${fd}. Called once, after the ready line. */
void log_start(int fd);

/*
 * Writes the lines that are in the rings and ends the log. Gives up after ${patience_ms}
 * milliseconds if the reader of the log does not read. Lines that threads write later are dropped.
 * Does nothing if log_start was not called.
 */
void log_stop(unsigned patience_ms);

#endif
