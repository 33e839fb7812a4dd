/* Step "compress": decides whether the answer may get a content coding. It concerns the answers of
 * all steps from here on. Whether an answer is compressed depends on the answer (compress.h). */
#include "bff/app/request_steps.h"
#include "bff/http/compress.h"

/* The pages of this server are for those who log in. Such a page, and the answer of a service's
 * login, may have a secret beside what the client has sent (docs/compression.md). */
static bool may_compress(const struct found *found)
{
    switch (found->kind) {
    case FOUND_COMPOSITE:
        return !((const struct plan *)found->match.route->target)->composite->never_compressed;
    case FOUND_ROUTE:
        return found->route->may_compress && !found->is_session_login;
    default:
        return false;
    }
}

enum step_result step_compress(struct request_context *context)
{
    if (may_compress(&context->found))
        compress_answer(context->request, context->dispatch->compress);
    return STEP_PASS;
}
