/* See request.h. */
#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/http/access_log.h"
#include "bff/http/identity.h"
#include "bff/http/request.h"

static void dispose(void *object)
{
    struct request *request = object;

    must(request->watch == NULL);
    h2o_timeout_unlink(&request->start);
    request->client->in_flight--;
    if (request->worker->server->settings->access_log)
        access_log_write(request);
}

/* A server must take the absolute form (RFC 9112 3.2.2); what names the host is not looked at. */
static struct text origin_form(struct text target)
{
    struct text rest = target;

    if (text_starts(target, TEXT("http://")) || text_starts(target, TEXT("https://"))) {
        text_cut(&rest, '/');
        text_cut(&rest, '/');
        const char *path = rest.at == NULL ? NULL : memchr(rest.at, '/', rest.len);
        if (path == NULL)
            return TEXT("/");
        return (struct text){path, (size_t)(target.at + target.len - path)};
    }
    return target;
}

struct request *request_new(h2o_req_t *h2o_req, struct worker *worker)
{
    struct request *request = pool_shared(pool_of(&h2o_req->pool), sizeof(*request), dispose);

    request->h2o = h2o_req;
    request->worker = worker;
    request->pool = pool_of(&h2o_req->pool);
    request->client = client_of(h2o_req);
    request->client->in_flight++;
    request->method = (struct text){h2o_req->method.base, h2o_req->method.len};
    request->query = origin_form((struct text){h2o_req->path.base, h2o_req->path.len});
    request->path = text_cut(&request->query, '?');
    identity_read(request);
    request->began_ns = clock_now_ns();
    return request;
}

struct text request_header(const struct request *request, const char *name)
{
    ssize_t found = h2o_find_header_by_str(&request->h2o->headers, name, strlen(name), (ssize_t)-1);

    if (found == -1)
        return (struct text){0};
    h2o_iovec_t value = request->h2o->headers.entries[found].value;
    return (struct text){value.base, value.len};
}
