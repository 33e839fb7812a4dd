/*
 * A span: an operation of a trace, with its times and attributes. It is made when the operation is
 * over, so it has no life of its own: all its texts are borrowed. The names of attributes are those
 * of OpenTelemetry's semantic conventions for HTTP, and names that begin with "bff." for what they
 * do not have.
 */
#ifndef BFF_OBSERVE_SPAN_H
#define BFF_OBSERVE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"

#define SPAN_ATTRIBUTES 18
#define SPAN_EVENTS 2
#define SPAN_TEXT_BYTES ((size_t)1024) /* of one attribute; a longer text is cut */

/* The numbers are those of OTLP. */
enum span_kind {
    SPAN_INTERNAL = 1,
    SPAN_SERVER = 2,
    SPAN_CLIENT = 3,
};

enum span_type {
    SPAN_TEXT,
    SPAN_NUMBER,
    SPAN_TRUE,
};

struct span_attribute {
    enum span_type type;
    struct text key;
    struct text text;
    int64_t number;
};

struct span_event {
    struct text name;
    int64_t at_ns;
};

struct span {
    enum span_kind kind;
    struct text traceparent; /* has the ids of the trace and of this span, and the flags */
    struct text parent;      /* the id of the parent, as digits; absent: there is none */
    bool is_parent_remote;   /* it is a span of another program */
    struct text name;
    int64_t started_ns, ended_ns; /* of clock_now_ns */
    bool is_failed;
    struct span_attribute attributes[SPAN_ATTRIBUTES];
    size_t attribute_count;
    struct span_event events[SPAN_EVENTS];
    size_t event_count;
    char digits[TEXT_DIGITS]; /* of a status as error.type */
};

/* The functions that add do nothing when ${text} is absent, and when there is no room. */
void span_add_text(struct span *span, struct text key, struct text text);
void span_add_number(struct span *span, struct text key, int64_t number);
void span_add_true(struct span *span, struct text key);
void span_add_event(struct span *span, struct text name, int64_t at_ns);

/* The operation has failed, because of ${type}: the attribute error.type. */
void span_fail(struct span *span, struct text type);

/* The operation has failed with ${status} of HTTP. */
void span_fail_status(struct span *span, int status);

/* Copies ${from} to ${to}, with its texts, which go to ${room} of ${bytes} bytes. A text for
 * which there is too little room is cut, and left out when there is none. The ids, the name and the
 * events of a span need less than 128 bytes. */
void span_copy(struct span *to, const struct span *from, char *room, size_t bytes);

#endif
