/* See inspect_token.h. */
#include "bff/app/inspect_token.h"
#include "bff/compose/mocks.h"
#include "bff/json/json_print.h"
#include "bff/record/record.h"

#define DEPTH 8

/* Returns 0 for another body. */
static uint64_t number_in(struct text body)
{
    uint64_t number = 0;

    if (!json_scan_accepts(body.at, body.len, DEPTH) ||
        text_number(json_raw(json_get(json_of(body), "number")), INT64_MAX, &number) != 0)
        return 0;
    return number;
}

/* Returns an absent text when the request had no user, or one without an account. */
static struct text token_for(const struct inspect_scope *scope, const struct record_entry *entry,
                             struct pool *pool)
{
    if (entry->user.len == 0 || scope->mocks->token == NULL)
        return (struct text){0};
    return scope->mocks->token(scope->mock, entry->user, pool);
}

enum step_result inspect_token_post(struct inspect_request *inspect)
{
    const struct inspect_scope *scope = &inspect->context.dispatch->inspect;
    struct pool *pool = inspect->context.request->pool;
    uint64_t number = number_in(request_body(inspect->context.request));
    struct json_print out;

    if (number == 0)
        return inspect_request_refuse(inspect, 400, "Expected {\\\"number\\\":12}");
    struct record_entry *entry = scope->record == NULL ? NULL : record_find(scope->record, number);
    if (entry == NULL)
        return inspect_request_refuse(inspect, 404,
                                      "This request is not recorded, or not any more");
    struct text token = token_for(scope, entry, pool);
    record_entry_release(entry);
    if (token.at == NULL)
        return inspect_request_refuse(
            inspect, 409, "The request had no user whom the mock services have an account for");
    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{\"token\":"));
    json_print_string(&out, token);
    json_print_raw(&out, TEXT("}"));
    inspect->answer = json_print_text(&out);
    return STEP_PASS;
}
