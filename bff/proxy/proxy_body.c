/* See proxy_body.h. */
#include "bff/http/pipeline.h"
#include "bff/http/reply.h"
#include "bff/http/reply_wait.h"
#include "bff/proxy/proxy_body.h"

/* The client has left in the middle of its upload, or the upload is too long, or malformed. So the
 * service must not get the end of the request: its connection is closed. */
static void on_upload_failed(void *cookie, enum body_end end)
{
    struct proxy_passing *passing = cookie;
    struct refusal refusal;

    call_cancel(&passing->call, CALL_NOT_NEEDED);
    proxy_upload_end(&passing->upload);
    passing->is_left = true;
    if (reply_stream_has_begun(&passing->stream))
        reply_stream_cut(&passing->stream);
    else if (pipeline_refusal_of(end, &refusal))
        reply_refusal(passing->request, &refusal);
    else
        reply_wait_leave(passing->request);
}

static const struct proxy_upload_user upload_user = {.failed = on_upload_failed};

/* The file of the spool cannot be read. */
static void on_spool_lost(void *cookie)
{
    struct proxy_passing *passing = cookie;

    call_cancel(&passing->call, CALL_NOT_NEEDED);
    proxy_upload_spool_end(passing->spool);
    passing->is_left = true;
    if (passing->request == NULL)
        proxy_passing_free(passing);
    else if (reply_stream_has_begun(&passing->stream))
        reply_stream_cut(&passing->stream);
    else
        reply_error(passing->request, 500, "Internal server error");
}

void proxy_body_begin(struct proxy_passing *passing)
{
    struct request *request = passing->request;

    proxy_upload_spool_free(passing->spool); /* the service is asked again */
    passing->spool = NULL;
    if (passing->ask.spool != NULL)
        passing->spool = proxy_upload_spool_new(passing->ask.spool, worker_timers(request->worker),
                                                on_spool_lost, passing);
    else if (proxy_upload_is_streamed(request))
        proxy_upload_begin(&passing->upload, request, &upload_user, passing);
}

struct upload *proxy_body_upload(struct proxy_passing *passing)
{
    if (passing->spool != NULL)
        return &passing->spool->upload;
    return passing->upload.is_on ? &passing->upload.upload : NULL;
}
