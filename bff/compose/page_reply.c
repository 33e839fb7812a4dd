/* See page_reply.h. */
#include <string.h>

#include "bff/base/clock.h"
#include "bff/cache/cache_validators.h"
#include "bff/compose/answer.h"
#include "bff/compose/page_budget.h"
#include "bff/compose/page_key.h"
#include "bff/compose/page_reply.h"

/* True when the client has this answer: then it gets 304 (RFC 9110 section 13.1.2), without the
 * fields that describe a body (section 15.4.5). The services have been asked all the same, because
 * only their answers say what the answer is. */
static bool has_already(const struct request *request, struct text etag)
{
    struct text list;

    if (etag.at == NULL)
        return false;
    list = request_list(request, "if-none-match");
    return list.at != NULL && cache_validators_match(list, etag);
}

/* Adds the services' fields to the answer of a page that changes nothing. Makes it 304 when the
 * client has it already. ${type} is its Content-Type. */
static void finish_read(struct request *request, const struct answer *answer, struct reply *reply,
                        struct reply_field *type)
{
    const struct answer_passed *passed = &answer->passed;

    for (size_t i = 0; i < passed->count; i++)
        reply_add_field(request,
                        (struct reply_field){passed->fields[i].name, passed->fields[i].value});
    if (!has_already(request, answer->etag))
        return;
    reply->status = 304;
    reply->body_count = 0;
    type->value = (struct text){0};
}

/* The fields of services' answers are stored with the answer of a page that changes data, and its
 * client may have left. So they are among its own fields. */
static void put_passed(struct page_serving *serving, const struct answer_passed *passed,
                       struct reply *reply)
{
    size_t own = reply->field_count, count = own + passed->count;
    struct reply_field *fields = pool_take(serving->pool, (count + 1) * sizeof(*fields));

    memcpy(fields, reply->fields, own * sizeof(*fields));
    for (size_t i = 0; i < passed->count; i++)
        fields[own + i] = (struct reply_field){passed->fields[i].name, passed->fields[i].value};
    reply->fields = fields;
    reply->field_count = count;
}

void page_reply_send(struct page_serving *serving)
{
    struct answer answer;

    answer_make(serving->run, serving->ask.pages->server, serving->id, clock_wall_ms(), &answer);
    struct reply_field fields[] = {
        {"content-type", TEXT("application/json; charset=utf-8")},
        {"cache-control", text_of(answer.cache_control)},
        {"etag", answer.etag},
        {"server-timing", answer.server_timing},
        {"proxy-status", answer.proxy_status},
        {"cache-status", answer.cache_status},
        {"retry-after", answer.retry_after},
    };
    struct reply reply = {
        .status = answer.status,
        .fields = fields,
        .field_count = sizeof(fields) / sizeof(fields[0]),
        .body = answer.body.rows,
        .body_count = answer.body.count,
    };
    if (serving->ask.plan->changes)
        put_passed(serving, &answer.passed, &reply);
    else
        finish_read(serving->request, &answer, &reply, &fields[0]);
    if (reply.status == 200)
        page_budget_bytes(serving, answer.body.bytes);
    page_key_answer(serving, &reply);
}
