/* See inspect_request.h. */
#include "bff/app/inspect_request.h"
#include "bff/app/request_steps.h"
#include "bff/cache/cache_validators.h"
#include "bff/edge/admin_gate.h"
#include "bff/edge/page_gate.h"
#include "bff/http/compress.h"
#include "bff/http/media_type.h"
#include "bff/http/own_path.h"
#include "bff/http/reply.h"

#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' " \
    "data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const struct text below = {OWN_PATH_TOOLS, sizeof(OWN_PATH_TOOLS) - 1};

/* The path without the '/' at its end, which people forget. */
static bool is_short(struct text path)
{
    return path.len == below.len - 1 && memcmp(path.at, below.at, path.len) == 0;
}

bool inspect_request_is(const struct dispatch *dispatch, const struct request *request)
{
    const struct inspect_scope *scope = &dispatch->inspect;

    if (!text_starts(request->path, below) && !is_short(request->path))
        return false;
    return request->client->is_admin ? scope->record != NULL : scope->mocks != NULL;
}

static struct inspect_request *inspect_of(struct request_context *context)
{
    return H2O_STRUCT_FROM_MEMBER(struct inspect_request, context, context);
}

enum step_result inspect_request_refuse(struct inspect_request *inspect, int status,
                                        const char *message)
{
    return pipeline_refuse(&inspect->context.pipeline,
                           (struct refusal){.status = status, .message = message});
}

/* Every answer has these fields, refusals too. */
static enum step_result fields(struct request_context *context)
{
    static const struct reply_field all[] = {
        {"content-security-policy", {POLICY, sizeof(POLICY) - 1}},
        {"x-content-type-options", {"nosniff", sizeof("nosniff") - 1}},
        {"referrer-policy", {"no-referrer", sizeof("no-referrer") - 1}},
        {"cross-origin-resource-policy", {"same-origin", sizeof("same-origin") - 1}},
        {"cross-origin-opener-policy", {"same-origin", sizeof("same-origin") - 1}},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        reply_add_field(context->request, all[i]);
    return STEP_PASS;
}

/* Who may ask. */

static enum step_result judge(struct request_context *context, enum page_gate gate)
{
    static const char *const words[] = {
        [PAGE_GATE_HOST] = "This name is not one of the server's: use localhost, an IP address, or "
                           "a name of admin.hosts",
        [PAGE_GATE_ORIGIN] = "A web page of another origin may not ask for this",
        [PAGE_GATE_SITE] = "A web page of another site may not ask for this",
    };

    return gate == PAGE_GATE_OPEN ? STEP_PASS
                                  : inspect_request_refuse(inspect_of(context), 403, words[gate]);
}

static enum step_result gate(struct request_context *context)
{
    return judge(context, page_gate_decide(context->dispatch->admin, context->request));
}

static enum step_result check_token(struct request_context *context)
{
    const struct dispatch *dispatch = context->dispatch;
    enum admin_gate gate =
        admin_gate_check(dispatch->admin, dispatch->admin_failures, context->request);

    if (gate == ADMIN_GATE_CLOSED)
        return inspect_request_refuse(inspect_of(context), 403, "admin.token is not set");
    return gate == ADMIN_GATE_OPEN ? STEP_PASS
                                   : pipeline_refuse(&context->pipeline, admin_gate_refusal(gate));
}

/* Data needs more than files do. */
static enum step_result gate_data(struct request_context *context)
{
    if (inspect_of(context)->page == NULL)
        return STEP_PASS;
    enum step_result result =
        judge(context, page_gate_decide_data(context->dispatch->admin, context->request));
    return result == STEP_PASS && context->request->client->is_admin ? check_token(context)
                                                                     : result;
}

static enum step_result compress(struct request_context *context)
{
    compress_answer(context->request, context->dispatch->compress);
    return STEP_PASS;
}

/* A web page that sends JSON to another origin makes the browser ask first (a preflight), and no
 * page here answers that question. A form cannot send JSON. */
static enum step_result body(struct request_context *context)
{
    const struct request *request = context->request;
    const struct inspect_page *page = inspect_of(context)->page;

    if (page == NULL || page->body == 0)
        return step_body_read(context, 0);
    if (!media_type_is_json(request_list(request, "content-type")))
        return inspect_request_refuse(inspect_of(context), 415,
                                      "Content-Type must be application/json");
    if (request->body == NULL)
        return inspect_request_refuse(inspect_of(context), 400, "The body is empty");
    return step_body_read(context, page->body);
}

static enum step_result run(struct request_context *context)
{
    struct inspect_request *inspect = inspect_of(context);

    return inspect->page == NULL ? STEP_PASS : inspect->page->run(inspect);
}

/* Answers. */

static void send_file(struct request *request, const struct inspect_file *file)
{
    struct text list = request_list(request, "if-none-match"), etag = text_of(file->etag);
    bool is_known = list.at != NULL && cache_validators_match(list, etag);
    struct text bytes = {file->bytes, file->len};
    struct reply_field own[] = {
        {"content-type", is_known ? (struct text){0} : text_of(inspect_files_type(file))},
        {"cache-control", TEXT("no-cache")},
        {"etag", etag},
    };

    reply_send(request, &(struct reply){
                            .status = is_known ? 304 : 200,
                            .fields = own,
                            .field_count = sizeof(own) / sizeof(own[0]),
                            .body = &bytes,
                            .body_count = is_known ? 0 : 1,
                        });
}

static enum step_result answer(struct request_context *context)
{
    const struct inspect_request *inspect = inspect_of(context);
    struct reply_field own[] = {
        {"content-type", TEXT("application/json; charset=utf-8")},
        {"cache-control", TEXT("no-store")},
        {"content-disposition", inspect->disposition},
    };

    if (inspect->file != NULL) {
        send_file(context->request, inspect->file);
        return STEP_ANSWERED;
    }
    reply_send(context->request, &(struct reply){
                                     .status = 200,
                                     .fields = own,
                                     .field_count = sizeof(own) / sizeof(own[0]),
                                     .body = &inspect->answer,
                                     .body_count = 1,
                                 });
    return STEP_ANSWERED;
}

static const struct step steps[] = {
    {"fields", fields},
    {"guard", step_guard},
    {"gate", gate},
    {"compress", compress},
    {"found", inspect_request_found},
    {"gate_data", gate_data},
    {"body", body},
    {"run", run},
    {"answer", answer},
    {0},
};

void inspect_request_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                         struct request *request)
{
    struct inspect_request *inspect = pool_zero(request->pool, sizeof(*inspect));

    inspect->context.dispatch = dispatch;
    inspect->context.worker = worker;
    inspect->context.request = request;
    pipeline_run(&inspect->context.pipeline, request, &inspect->context, steps);
}
