/*
 * The body of a request that goes to the service while it comes from the client, with backpressure
 * in both directions: nothing is read from the client while the service does not take what has
 * come. While nothing is read, an HTTP/1.1 client is watched (reply_wait.h), so that its leaving is
 * noticed. Only the files of proxy use it.
 */
#ifndef BFF_PROXY_PROXY_UPLOAD_H
#define BFF_PROXY_PROXY_UPLOAD_H

#include <stdbool.h>

#include "bff/http/body.h"
#include "bff/http/request.h"
#include "bff/upstream/upload.h"

struct proxy_upload_user {
    /* The body will not come as a whole: ${end} is not BODY_WHOLE. The user must end the call, and
     * answer. */
    void (*failed)(void *cookie, enum body_end end);
};

/* All zero: there is no upload. */
struct proxy_upload {
    struct upload upload;
    struct request *request; /* NULL: none, or the request has gone */
    const struct proxy_upload_user *user;
    void *cookie;
    bool is_on; /* there is one */
};

/* True when the body of ${request} is streamed: body_stream was called for it. */
bool proxy_upload_is_streamed(const struct request *request);

/* Makes the upload of ${request}, whose body is streamed. It begins with the call that has
 * &out->upload. */
void proxy_upload_begin(struct proxy_upload *out, struct request *request,
                        const struct proxy_upload_user *user, void *cookie);

/* The call is over: nothing more is read from the client. Idempotent; it does nothing without an
 * upload. */
void proxy_upload_end(struct proxy_upload *upload);

/* False while bytes of the body must still be sent, which need the request. */
static inline bool proxy_upload_needs_nothing(const struct proxy_upload *upload)
{
    return !upload->is_on || upload_is_sent(&upload->upload);
}

#endif
