/*
 * bff-filter: bff-web with one more step, "filter". The step adds filters to the answer. The
 * request's field X-Filter names them in their order: "shout, twice, hold".
 *
 *   shout  changes the bytes to capital letters, adds the field X-Shouted and removes ETag
 *   twice  passes each piece twice, so that the length changes
 *   hold   passes nothing before the end
 *   lines  passes only whole lines, and the rest at a flush
 *   tee    passes everything; at the end it logs {"event":"tee","bytes":5,"end":"whole"} or "cut"
 *
 * The field X-Stored is the body of a stored answer to the request ("none": it is gone when it is
 * needed).
 */
#include <ctype.h>
#include <pthread.h>

#include "bff/base/log.h"
#include "bff/base/text_builder.h"
#include "bff/http/reply.h"
#include "bff/http/reply_filter.h"
#include "bff/http/reply_head.h"
#include "tests/e2e/lib/more_steps.h"

struct test_filter {
    struct reply_filter filter; /* first: it is called by this */
    struct pool *pool;
    struct text_builder kept;
    size_t bytes;
};

static struct test_filter *of(struct reply_filter *filter) { return (struct test_filter *)filter; }

static void shout_head(struct reply_filter *filter, struct request *request)
{
    reply_head_set(request, "x-shouted", TEXT("yes"));
    reply_head_set(request, "content-type", TEXT("text/plain"));
    reply_head_remove(request, "etag");
}

static void shout(struct reply_filter *filter, struct text bytes)
{
    char *loud = pool_take(of(filter)->pool, bytes.len + 1);

    for (size_t i = 0; i < bytes.len; i++)
        loud[i] = (char)toupper((unsigned char)bytes.at[i]);
    reply_filter_pass(filter, (struct text){loud, bytes.len});
}

static void no_length(struct reply_filter *filter, struct request *request)
{
    reply_head_set(request, "content-type", TEXT("text/plain"));
    reply_head_set_length(request, REPLY_HEAD_NO_LENGTH);
}

static void twice(struct reply_filter *filter, struct text bytes)
{
    reply_filter_pass(filter, bytes);
    reply_filter_pass(filter, bytes);
}

static void keep(struct reply_filter *filter, struct text bytes)
{
    text_builder_add(&of(filter)->kept, bytes);
}

static void pass_kept(struct reply_filter *filter)
{
    struct text_builder *kept = &of(filter)->kept;

    reply_filter_pass(filter, text_builder_text(kept));
    kept->len = 0;
}

static void pass_kept_at_end(struct reply_filter *filter, bool is_cut) { pass_kept(filter); }

static void keep_to_line(struct reply_filter *filter, struct text bytes)
{
    keep(filter, bytes);
    if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\n')
        pass_kept(filter);
}

static void count(struct reply_filter *filter, struct text bytes)
{
    of(filter)->bytes += bytes.len;
    reply_filter_pass(filter, bytes);
}

static void tell(struct reply_filter *filter, bool is_cut)
{
    log_event("tee", (struct log_field[]){{"bytes", .number = (int64_t)of(filter)->bytes},
                                          {"end", .text = is_cut ? TEXT("cut") : TEXT("whole")},
                                          {0}});
}

static const struct {
    const char *name;
    struct reply_filter filter;
} kinds[] = {
    {"shout", {.head = shout_head, .data = shout}},
    {"twice", {.head = no_length, .data = twice}},
    {"hold", {.data = keep, .end = pass_kept_at_end}},
    {"lines", {.data = keep_to_line, .flush = pass_kept, .end = pass_kept_at_end}},
    {"tee", {.data = count, .end = tell}},
};

static void add(struct request *request, struct text name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!text_is(name, kinds[i].name))
            continue;
        struct test_filter *made = pool_zero(request->pool, sizeof(*made));
        made->filter = kinds[i].filter;
        made->pool = request->pool;
        text_builder_init(&made->kept, request->pool, 64);
        reply_filter_add(request, &made->filter);
    }
}

static bool answer_stored(struct request_stored *stored, struct request *request)
{
    struct text *body = pool_take(request->pool, sizeof(*body));

    *body = request_header(request, "x-stored");
    if (text_is(*body, "none"))
        return false;
    reply_send(request, &(struct reply){.status = 200, .body = body, .body_count = 1});
    return true;
}

static enum step_result step_filter(struct request_context *context)
{
    static struct request_stored stored = {.answer = answer_stored};
    struct text names = request_header(context->request, "x-filter");

    if (request_header(context->request, "x-stored").at != NULL)
        context->request->stored = &stored;
    while (names.at != NULL)
        add(context->request, text_trim(text_cut(&names, ',')));
    return STEP_PASS;
}

static struct step table[MORE_STEPS_MAX];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_table(void)
{
    static const struct more_step more[] = {{"cors", {"filter", step_filter}}};

    more_steps(more, 1, table);
}

void request_steps_run(const struct dispatch *dispatch, const struct dispatch_worker *worker,
                       struct request *request)
{
    pthread_once(&made, make_table);
    more_steps_run(table, dispatch, worker, request);
}
