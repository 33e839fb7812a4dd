/*
 * The head of an answer: status, length and fields, in the order in which they are sent. It is
 * stored in libh2o's response. For a whole answer, reply.c writes the head. For a streamed answer,
 * its source writes the head before reply_stream_begin. Filters may change the head until it is
 * sent.
 */
#ifndef BFF_HTTP_REPLY_HEAD_H
#define BFF_HTTP_REPLY_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

/* A length that means: no Content-Length, because the length is not known or must not be sent. */
#define REPLY_HEAD_NO_LENGTH SIZE_MAX

/* Begins the head. ${length} becomes Content-Length. */
void reply_head_begin(struct request *request, int status, size_t length);

/*
 * Adds a field. ${name} is in lower case; name and value are borrowed until the request is freed.
 * Nothing is added if the value is absent, or if it has a control byte, because that could split
 * the head (RFC 9110 section 5.5).
 */
void reply_head_add(struct request *request, struct text name, struct text value);

/* Ends the head: adds the fields that were collected for the request (reply_add_field) and
 * X-Request-Id. When the worker is draining, the connection will be closed after the answer. */
void reply_head_end(struct request *request);

/* Removes all fields, so that another head can be begun. */
void reply_head_clear(struct request *request);

/* For filters. */

int reply_head_status(const struct request *request);

/* Sets the status to ${status}. */
void reply_head_set_status(struct request *request, int status);

/* Returns the value of the first field ${name} (lower case); absent if there is none. */
struct text reply_head_find(const struct request *request, const char *name);

/* Returns the values of all fields ${name} (lower case) as one list, "a, b"; absent if there is
 * none. */
struct text reply_head_list(const struct request *request, const char *name);

/* Replaces the first field ${name}, or adds it. ${value} is as in reply_head_add. */
void reply_head_set(struct request *request, const char *name, struct text value);

/* Removes all fields ${name}. */
void reply_head_remove(struct request *request, const char *name);

/* Returns ${etag} as a weak one (RFC 9110 section 8.8.1), in the request's pool; ${etag} itself if
 * it is absent or weak. */
struct text reply_head_weak(struct request *request, struct text etag);

/* Says that the body has other bytes than those that the head was written for: a strong ETag
 * becomes a weak one, and the fields are removed that are about single bytes: Accept-Ranges and
 * digests (RFC 9110 section 14.3, RFC 9530, RFC 3230, RFC 1864). */
void reply_head_set_changed(struct request *request);

/* Returns Content-Length, or REPLY_HEAD_NO_LENGTH. */
size_t reply_head_length(const struct request *request);

/*
 * Sets Content-Length to ${length}. A filter that changes the size of the body sets
 * REPLY_HEAD_NO_LENGTH. If the answer is not streamed, reply.c sets the new length after the last
 * filter.
 */
void reply_head_set_length(struct request *request, size_t length);

#endif
