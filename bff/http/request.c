/* See request.h. */
#include "bff/base/clock.h"
#include "bff/base/tally.h"
#include "bff/http/body.h"
#include "bff/http/own_path.h"
#include "bff/http/request.h"
#include "bff/http/request_id.h"
#include "bff/http/request_kept.h"
#include "bff/http/target.h"
#include "bff/http/worker_settings.h"

void request_sending(struct request *request)
{
    if (request->is_sending)
        return;
    request->is_sending = true;
    request->client->sending++;
    h2o_linklist_insert(&request->client->answers, &request->sending);
}

void request_sent(struct request *request)
{
    struct client *client = request->client;

    if (!request->is_sending)
        return;
    request->is_sending = false;
    h2o_linklist_unlink(&request->sending);
    client->sent_bytes += request->h2o->bytes_sent - request->counted_bytes;
    request->counted_bytes = request->h2o->bytes_sent;
    client->sending--;
    client->rests += client->sending == 0;
}

size_t request_bytes_of(const struct client *client)
{
    size_t bytes = client->sent_bytes;

    for (h2o_linklist_t *at = client->answers.next; at != &client->answers; at = at->next) {
        const struct request *request = H2O_STRUCT_FROM_MEMBER(struct request, sending, at);
        bytes += request->h2o->bytes_sent - request->counted_bytes;
    }
    return bytes;
}

static void dispose(void *object)
{
    struct request *request = object;

    watch_end(&request->answer.watch);
    h2o_timeout_unlink(&request->next_step);
    request_sent(request);
    if (request_is_http2(request) && request->h2o->res.status == 0) /* no answer has begun */
        client_spend_reset(request->client);
    request->client->in_flight--;
    if (!request->client->is_admin)
        tally_add(TALLY_REQUESTS_ENDED);
    if (request->worker->common->on_over != NULL)
        request->worker->common->on_over(request);
    request_kept_free(&request->kept);
    worker_settings_release(request->settings);
}

/* If the request has no Host, libh2o uses the name of its only configured host. This function then
 * returns an absent text. */
struct text request_host_field(const struct request *request)
{
    h2o_iovec_t authority = request->h2o->input.authority;

    if (authority.base == request->h2o->conn->hosts[0]->authority.hostport.base)
        return (struct text){0};
    return (struct text){authority.base, authority.len};
}

static void read_target(struct request *request)
{
    struct text raw = {request->h2o->path.base, request->h2o->path.len};
    struct target target = request_is_http2(request) ? target_of_path(raw) : target_of(raw);

    request->path = target.path;
    request->query = target.query;
    request->host = target.authority.at != NULL ? target.authority : request_host_field(request);
}

/* Those who look at requests, and those who ask whether the server is well, would only hide the
 * others. */
static bool is_to_record(const struct request *request)
{
    return request->settings->http->records && !request->client->is_admin &&
           !text_starts(request->path, TEXT(OWN_PATH_TOOLS)) && !own_path_is_health(request->path);
}

struct request *request_new(h2o_req_t *h2o_req, struct worker *worker)
{
    struct request *request = pool_shared(pool_of(&h2o_req->pool), sizeof(*request), dispose);

    request->h2o = h2o_req;
    request->worker = worker;
    request->settings = worker_settings_hold(worker->settings);
    request->pool = pool_of(&h2o_req->pool);
    request->client = client_of(h2o_req);
    request->body = body_of(h2o_req);
    request->client->in_flight++;
    if (!request->client->is_admin)
        tally_add(TALLY_REQUESTS_BEGUN);
    request->client->requests++;
    request->client->sends_on = false;
    request->client->is_http2 = request_is_http2(request);
    request->method = (struct text){h2o_req->method.base, h2o_req->method.len};
    read_target(request);
    request_id_read(request);
    request->is_recorded = is_to_record(request);
    request->head_ns = request->began_ns = clock_now_ns();
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

struct text request_agent(const struct request *request)
{
    struct text agent = request->agent;

    if (agent.at == NULL)
        agent = request_header(request, "user-agent");
    if (agent.len > REQUEST_AGENT_BYTES)
        agent.len = REQUEST_AGENT_BYTES;
    return agent;
}

size_t request_values(const struct request *request, const char *name, struct text *values,
                      size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < request_field_count(request) && count < most; i++) {
        struct request_field field = request_field(request, i);
        if (text_is(field.name, name))
            values[count++] = field.value;
    }
    return count;
}

bool request_keeps_connection(const struct request *request)
{
    struct text options = request_list(request, "connection");

    if (text_list_has_nocase(options, TEXT("close")))
        return false;
    return request_version(request) >= 0x101 || text_list_has_nocase(options, TEXT("keep-alive"));
}

struct text request_list(const struct request *request, const char *name)
{
    const h2o_headers_t *headers = &request->h2o->headers;
    struct text list = {0};

    for (size_t i = 0; i < headers->size; i++) {
        const h2o_header_t *field = &headers->entries[i];
        if (!h2o_memis(field->name->base, field->name->len, name, strlen(name)))
            continue;
        struct text one = {field->value.base, field->value.len};
        list = list.at == NULL
                   ? one
                   : pool_print(request->pool, "%.*s, %.*s", TEXT_ARGS(list), TEXT_ARGS(one));
    }
    return list;
}
