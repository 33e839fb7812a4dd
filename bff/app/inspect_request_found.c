/* The step of inspect_request.c that finds what is asked for. */
#include "bff/app/inspect_request.h"
#include "bff/http/method.h"
#include "bff/http/own_path.h"
#include "bff/http/reply.h"

static struct inspect_request *inspect_of(struct request_context *context)
{
    return H2O_STRUCT_FROM_MEMBER(struct inspect_request, context, context);
}

/* Compares segment by segment: a "#" in ${pattern} stands for a number without leading zeros. */
static bool has_path(struct text pattern, struct text path, uint64_t *number)
{
    while (pattern.at != NULL && path.at != NULL) {
        struct text want = text_cut(&pattern, '/'), have = text_cut(&path, '/');
        if (!text_is(want, "#")) {
            if (!text_equal(want, have))
                return false;
        } else if (have.len == 0 || have.at[0] == '0' ||
                   text_number(have, INT64_MAX, number) != 0) {
            return false;
        }
    }
    return pattern.at == NULL && path.at == NULL;
}

static bool is_there(const struct inspect_page *page, const struct dispatch *dispatch)
{
    return !page->needs_mocks || dispatch->inspect.mocks != NULL;
}

/* Sets inspect->page when there is one with ${path}, which is the path after /__bff/. Otherwise
 * returns the methods that the path has; absent: there is no such page. */
static struct text find_page(struct inspect_request *inspect, struct text path)
{
    const struct request *request = inspect->context.request;
    struct text allow = {0};

    for (const struct inspect_page *page = inspect_pages; page->method != NULL; page++) {
        if (!is_there(page, inspect->context.dispatch) ||
            !has_path(text_of(page->path), path, &inspect->number))
            continue;
        if (method_is_taken(text_of(page->method), request->method)) {
            inspect->page = page;
            return allow;
        }
        allow = method_add(request->pool, allow, text_of(page->method));
    }
    return allow;
}

static enum step_result refuse_method(struct request_context *context, struct text allow)
{
    return pipeline_refuse(&context->pipeline, (struct refusal){.status = 405,
                                                                .message = "Method not allowed",
                                                                .name = "allow",
                                                                .value = allow});
}

static enum step_result redirect(struct request_context *context)
{
    struct reply_field to = {"location", TEXT(OWN_PATH_TOOLS)};

    reply_send(context->request, &(struct reply){.status = 308, .fields = &to, .field_count = 1});
    return STEP_ANSWERED;
}

enum step_result inspect_request_found(struct request_context *context)
{
    struct inspect_request *inspect = inspect_of(context);
    const struct request *request = context->request;
    bool is_read = method_is_read(request->method),
         is_short = !text_starts(request->path, TEXT(OWN_PATH_TOOLS));
    struct text path, allow;

    if (is_short)
        return is_read ? redirect(context) : refuse_method(context, TEXT("GET, HEAD"));
    path = text_after(request->path, sizeof(OWN_PATH_TOOLS) - 1);
    inspect->file = inspect_files_find(path);
    if (inspect->file != NULL)
        return is_read ? STEP_PASS : refuse_method(context, TEXT("GET, HEAD"));
    allow = find_page(inspect, path);
    if (inspect->page != NULL)
        return STEP_PASS;
    return allow.at != NULL ? refuse_method(context, allow)
                            : inspect_request_refuse(inspect, 404, "Not found");
}
