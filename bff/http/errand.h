/*
 * Work that goes on although its client has left: a call that changes data and has begun. It holds
 * the body of its request. A drain waits for it.
 */
#ifndef BFF_HTTP_ERRAND_H
#define BFF_HTTP_ERRAND_H

#include <stdbool.h>

#include <h2o.h>

#include "bff/http/request.h"

/* The limits of one worker, because clients could leave again and again. */
#define ERRANDS_MAX 1000
#define ERRAND_BYTES_MAX ((size_t)64 * 1024 * 1024) /* of the bodies that are kept */

/* It is in its user's memory, which outlives the request. Before errand_begin, the user may set
 * ${bytes} and ${cut}; everything else is zero. */
struct errand {
    h2o_linklist_t link; /* in worker->errands */
    struct worker *worker;
    h2o_buffer_t *body; /* of the request; NULL: none is kept */
    size_t bytes; /* of ${body}; before errand_begin: of a copy of the body that the user has */
    /* The worker ends, and the errand with it: errand_end is not called. NULL: nobody needs to
     * know. */
    void (*cut)(struct errand *errand);
};

/*
 * To be called when ${request} ends. When ${keeps_body}, the bytes of request_body stay where they
 * are until errand_end. Returns false when a limit of the worker is reached; then nothing begins.
 */
bool errand_begin(struct errand *errand, struct request *request, bool keeps_body);

/* Ends it. It does nothing for an errand that has not begun. */
void errand_end(struct errand *errand);

/* The worker ends. Tells those whose errands have not ended. */
void errand_cut_all(struct worker *worker);

#endif
