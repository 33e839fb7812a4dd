/* See admin_request.h. */
#include "bff/app/admin_request.h"
#include "bff/app/request_steps.h"
#include "bff/config/config.h"
#include "bff/edge/admin_gate.h"
#include "bff/http/compress.h"
#include "bff/http/method.h"
#include "bff/http/reply.h"

static struct admin_request *admin_of(struct request_context *context)
{
    return H2O_STRUCT_FROM_MEMBER(struct admin_request, context, context);
}

enum step_result admin_request_refuse(struct admin_request *admin, int status, const char *message)
{
    return pipeline_refuse(&admin->context.pipeline,
                           (struct refusal){.status = status, .message = message});
}

/* Who may ask. */

#define CLOSED                                                                                     \
    "admin.token is not set; set it and send it as Authorization: Bearer, or use a unix socket"
#define FOREIGN "a web page may have made a browser send this: it has Origin, or a foreign Host"

static enum step_result gate(struct request_context *context)
{
    const struct dispatch *dispatch = context->dispatch;
    enum admin_gate gate =
        admin_gate_decide(dispatch->admin, dispatch->admin_failures, context->request);

    if (gate == ADMIN_GATE_FOREIGN)
        return admin_request_refuse(admin_of(context), 403, FOREIGN);
    if (gate == ADMIN_GATE_CLOSED)
        return admin_request_refuse(admin_of(context), 403, CLOSED);
    return gate == ADMIN_GATE_OPEN ? STEP_PASS
                                   : pipeline_refuse(&context->pipeline, admin_gate_refusal(gate));
}

/* The pages of clients that say how the server is. */
static enum step_result health(struct request_context *context)
{
    bool is_answered = health_page_serve(&context->dispatch->health, context->request);

    return is_answered ? STEP_ANSWERED : STEP_PASS;
}

static enum step_result compress(struct request_context *context)
{
    compress_answer(context->request, context->dispatch->compress);
    return STEP_PASS;
}

/* The page. */

static bool has_path(const struct admin_page *page, struct text path)
{
    return page->path == NULL || text_is(path, page->path);
}

static enum step_result refuse_method(struct request_context *context, struct text allow)
{
    return pipeline_refuse(&context->pipeline, (struct refusal){
                                                   .status = 405,
                                                   .message = "Method not allowed",
                                                   .name = "allow",
                                                   .value = allow,
                                               });
}

/* A page for every path does not make another method a 405, because that method has another
 * meaning. */
static enum step_result found(struct request_context *context)
{
    const struct request *request = context->request;
    struct text allow = {0};

    for (const struct admin_page *page = admin_pages; page->method != NULL; page++) {
        if (!has_path(page, request->path))
            continue;
        if (method_is_taken(text_of(page->method), request->method)) {
            admin_of(context)->page = page;
            return STEP_PASS;
        }
        if (page->path != NULL)
            allow = method_add(request->pool, allow, text_of(page->method));
    }
    return allow.at != NULL ? refuse_method(context, allow)
                            : admin_request_refuse(admin_of(context), 404, "Not found");
}

/* The body. It may be absent, as in curl -X POST. A web page that sends JSON to another origin
 * makes the browser ask first (a preflight). No page of this server answers that question. */

static bool is_json(const struct request *request)
{
    struct text rest = request_list(request, "content-type"), type = text_cut(&rest, ';');

    return text_equal_nocase(text_trim(type), TEXT("application/json"));
}

static enum step_result body(struct request_context *context)
{
    const struct request *request = context->request;

    if (text_is(request->method, "POST") && request->body != NULL && !is_json(request))
        return admin_request_refuse(admin_of(context), 415,
                                    "Content-Type must be application/json");
    return step_body_read(context, CONFIG_ADMIN_BODY);
}

static enum step_result run(struct request_context *context)
{
    struct admin_request *admin = admin_of(context);

    return admin->page->run(admin);
}

static enum step_result answer(struct request_context *context)
{
    const struct admin_request *admin = admin_of(context);
    const char *type = admin->type != NULL ? admin->type : "application/json; charset=utf-8";
    struct reply_field fields[] = {
        {"content-type", text_of(type)},
        {"cache-control", TEXT("no-store")},
    };

    reply_send(context->request, &(struct reply){
                                     .status = 200,
                                     .fields = fields,
                                     .field_count = sizeof(fields) / sizeof(fields[0]),
                                     .body = admin->pieces != NULL ? admin->pieces : &admin->answer,
                                     .body_count = admin->pieces != NULL ? admin->piece_count : 1,
                                 });
    return STEP_ANSWERED;
}

static const struct step steps[] = {
    {"guard", step_guard}, {"gate", gate},     {"compress", compress},
    {"health", health},    {"found", found},   {"body", body},
    {"run", run},          {"answer", answer}, {0},
};

void admin_request_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request)
{
    struct admin_request *admin = pool_zero(request->pool, sizeof(*admin));

    admin->context.dispatch = dispatch;
    admin->context.worker = worker;
    admin->context.request = request;
    pipeline_run(&admin->context.pipeline, request, &admin->context, steps);
}
