/* See proxy_upload.h. */
#include <h2o/memory.h>

#include "bff/http/reply_wait.h"
#include "bff/proxy/proxy_upload.h"

static struct proxy_upload *of(struct upload *upload)
{
    return H2O_STRUCT_FROM_MEMBER(struct proxy_upload, upload, upload);
}

/* The watch ends before the body is read, because both use the socket. */
static struct text piece(struct upload *upload)
{
    struct request *request = of(upload)->request;
    struct text bytes = body_piece(request->body);

    if (bytes.len == 0 && !request->body->is_over) {
        reply_wait_end(request);
        body_wait(request->body);
    }
    return bytes;
}

static void used(struct upload *upload) { body_use(of(upload)->request->body); }

static bool is_over(struct upload *upload)
{
    const struct body *body = of(upload)->request->body;

    return body->is_over && body->end == BODY_WHOLE;
}

static bool again(struct upload *upload) { return !upload_has_begun(upload); }

static const struct upload_source source = {
    .piece = piece, .used = used, .is_over = is_over, .again = again};

static void on_arrived(void *cookie)
{
    struct proxy_upload *upload = cookie;
    struct request *request = upload->request;
    struct body *body = request->body;

    if (body->is_over && body->end != BODY_WHOLE) {
        upload->user->failed(upload->cookie, body->end);
        return;
    }
    upload_go_on(&upload->upload);
    if (!body_is_read(body) && !request->is_sending)
        reply_wait_again(request);
}

bool proxy_upload_is_streamed(const struct request *request)
{
    return request->body != NULL && request->body->is_streamed;
}

void proxy_upload_begin(struct proxy_upload *out, struct request *request,
                        const struct proxy_upload_user *user, void *cookie)
{
    struct body *body = request->body;

    out->upload = (struct upload){
        .source = &source,
        .length = body->length == BODY_NO_LENGTH ? UPLOAD_NO_LENGTH : body->length,
    };
    out->request = request;
    out->user = user;
    out->cookie = cookie;
    out->is_on = true;
    body_stream(body, body->limit, on_arrived, out);
}

void proxy_upload_end(struct proxy_upload *upload)
{
    if (upload->request == NULL)
        return;
    body_stop(upload->request->body);
    upload->request = NULL;
}
