/*
 * A filter changes, or only reads, an answer between its source and the client: compression, a
 * transformation of JSON, a cache that keeps a copy. The filters of a request are a list. The head
 * and the bytes pass through the filters in the order in which the filters were added. This is so
 * for whole answers and for streamed answers.
 *
 * A filter is in the request's pool. Its functions are called in this order:
 *
 *   head   once. It may change the head with the functions of reply_head.h.
 *   data   for each piece of the body, which is borrowed during the call. It may pass bytes on with
 *          reply_filter_pass: the piece itself, other bytes, or nothing yet. It is not called for
 *          an answer without a body (204, 304). A whole answer to HEAD is filtered like the answer
 *          to GET, so that both have the same head; then its body is dropped.
 *   flush  after each group of pieces from the source. A filter that collects bytes must now pass
 *          them on, so that the client gets them (compressed server-sent events). It is not called
 *          for a whole answer.
 *   end    once, after the last piece. It may pass more bytes. If ${is_cut} is true, the answer is
 *          not complete: the source failed, or the client has left. Then the bytes that the filter
 *          passes may not reach the client.
 *
 * All functions except ${data} may be NULL. A filter never waits: if the client is slow, the source
 * must pause, even if the filters change the number of bytes. If the request ends without an
 * answer, no function of the filter is called; the destructors of the pool free the memory of the
 * filter.
 */
#ifndef BFF_HTTP_REPLY_FILTER_H
#define BFF_HTTP_REPLY_FILTER_H

#include <stdbool.h>

#include "bff/base/text.h"
#include "bff/http/request.h"

struct reply_filter {
    void (*head)(struct reply_filter *filter, struct request *request);
    void (*data)(struct reply_filter *filter, struct text bytes);
    void (*flush)(struct reply_filter *filter);
    void (*end)(struct reply_filter *filter, bool is_cut);
    struct reply_filter *next; /* set by reply_filter_add */
};

/* Adds ${filter} after the filters that ${request} has. To be called before the answer is sent. */
void reply_filter_add(struct request *request, struct reply_filter *filter);

/* Removes ${filter}, which does not want this answer. To be called by its own ${head} only. An
 * answer without filters is not copied. */
void reply_filter_remove(struct request *request, struct reply_filter *filter);

/* For a filter that finds in ${data} or ${end} that the answer is wrong and must not be completed.
 * The bytes that it has passed do not matter: the client gets 502 in place of a whole answer, and a
 * streamed answer is cut. */
void reply_filter_break(struct request *request);

/* Passes ${bytes} to the filter after ${filter}. ${bytes} are borrowed during the call. */
static inline void reply_filter_pass(struct reply_filter *filter, struct text bytes)
{
    filter->next->data(filter->next, bytes);
}

/* For reply.c and reply_stream.c. Call reply_filter_data only for a request that has filters. The
 * other functions do nothing for a request without filters. reply_filter_end empties the list. */
void reply_filter_head(struct request *request);
void reply_filter_data(struct request *request, struct text bytes);
void reply_filter_flush(struct request *request);
void reply_filter_end(struct request *request, bool is_cut);

#endif
