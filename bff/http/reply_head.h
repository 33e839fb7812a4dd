/*
 * The head of the answer that is being made: status, length and fields, in the order in which they
 * leave. libh2o's response holds it. reply.c writes it for whole answers, and the source of a
 * streamed answer writes it before reply_stream_begin. Filters may change it until it leaves.
 */
#ifndef BFF_HTTP_REPLY_HEAD_H
#define BFF_HTTP_REPLY_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

/* No Content-Length: the length is not known, or it is not sent. */
#define REPLY_HEAD_NO_LENGTH SIZE_MAX

/* Begins the head. ${length} becomes Content-Length. */
void reply_head_begin(struct request *request, int status, size_t length);

/*
 * Adds a field. ${name} is in lower case; name and value are borrowed until the request is gone. An
 * absent value adds nothing. Neither does a value with a control byte: it could split the head
 * (RFC 9110 section 5.5).
 */
void reply_head_add(struct request *request, struct text name, struct text value);

/* Ends the head: adds the fields that were collected for the request (reply_add_field) and
 * X-Request-Id. When the worker is draining, the connection will be closed after the answer. */
void reply_head_end(struct request *request);

/* For filters. */

int reply_head_status(const struct request *request);

/* The value of the first field ${name} (lower case); absent when there is none. */
struct text reply_head_find(const struct request *request, const char *name);

/* Replaces the first field ${name}, or adds it. ${value} is as in reply_head_add. */
void reply_head_set(struct request *request, const char *name, struct text value);

/* Removes all fields ${name}. */
void reply_head_remove(struct request *request, const char *name);

/* Sets Content-Length to ${length}. A filter that changes the size of the body passes
 * REPLY_HEAD_NO_LENGTH. When the answer is not streamed, reply.c sets the new length afterwards. */
void reply_head_set_length(struct request *request, size_t length);

#endif
