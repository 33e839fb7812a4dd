/* See libh2o_error.h. */
#include "bff/http/client.h"
#include "bff/http/libh2o_error.h"
#include "bff/http/request.h"
#include "bff/base/status.h"

struct rewrite {
    h2o_ostream_t super;
    h2o_iovec_t body;
};

static const char *message_of(int status)
{
    switch (status) {
    case 413:
        return "Payload too large";
    case 417:
        return "Expectation failed";
    default:
        return "Bad request";
    }
}

/* Sends our body instead of libh2o's. An answer to HEAD has no body. */
static void do_send(h2o_ostream_t *self, h2o_req_t *req, h2o_iovec_t *bodies, size_t count,
                    h2o_send_state_t state)
{
    struct rewrite *rewrite = H2O_STRUCT_FROM_MEMBER(struct rewrite, super, self);

    h2o_ostream_send_next(self, req, count == 0 ? bodies : &rewrite->body, count == 0 ? 0 : 1,
                          state);
}

static void add_field(h2o_req_t *req, const char *name, struct text value)
{
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 1, NULL, value.at,
                          value.len);
}

static h2o_ostream_t **rewrite_answer(h2o_req_t *req, h2o_ostream_t **slot)
{
    struct request *request = request_new(req, client_of(req)->worker);
    struct rewrite *rewrite = (void *)h2o_add_ostream(req, sizeof(*rewrite), slot);
    request_sending(request);
    struct text body = pool_print(request->pool, "{\"error\":\"%s\",\"requestId\":\"%.*s\"}",
                                  message_of(req->res.status), TEXT_ARGS(request->id));

    request->client->sends_on = true; /* libh2o has not read the body */
    rewrite->super.do_send = do_send;
    rewrite->body = h2o_strdup(&req->pool, body.at, body.len);
    req->res.reason = status_phrase(req->res.status);
    req->res.content_length = body.len;
    req->res.headers = (h2o_headers_t){0};
    add_field(req, "content-type", TEXT("application/json; charset=utf-8"));
    add_field(req, "cache-control", TEXT("no-store"));
    add_field(req, "x-request-id", request->id);
    return &rewrite->super.next;
}

static void on_setup_ostream(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot)
{
    h2o_setup_next_ostream(req, req->num_delegated == 0 ? rewrite_answer(req, slot) : slot);
}

void libh2o_error_register(h2o_pathconf_t *paths)
{
    h2o_filter_t *filter = h2o_create_filter(paths, sizeof(*filter));

    filter->on_setup_ostream = on_setup_ostream;
}
