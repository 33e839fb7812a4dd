/* See rehearsal_answer.h. */
#include "bff/app/rehearsal_answer.h"
#include "bff/app/rehearsal_client.h"
#include "bff/base/text_builder.h"
#include "bff/json/json_print.h"

#define DEPTH 128
#define STATUS_OK 200

/* The request. */

static struct text request_of(const struct rehearsal *rehearsal,
                              const struct rehearsal_outcome *outcome)
{
    bool changes = rehearsal->plan->changes;
    struct text_builder out;

    text_builder_init(&out, rehearsal->pool, 1024);
    text_builder_add(&out, rehearsal->plan->method);
    text_builder_add(&out, TEXT(" "));
    text_builder_add(&out, rehearsal->path);
    text_builder_add(&out, TEXT(" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                                "accept: application/json\r\nx-request-id: rehearsal\r\n"));
    if (outcome->clause.at != NULL)
        text_builder_field(&out,
                           text_of(mock_mode_fault_header(&rehearsal->generation->pages.mock_mode)),
                           outcome->clause);
    if (rehearsal->token.at != NULL)
        text_builder_field(&out, TEXT("authorization"),
                           pool_print(rehearsal->pool, "Bearer %.*s", TEXT_ARGS(rehearsal->token)));
    if (changes)
        text_builder_add(
            &out,
            pool_print(rehearsal->pool,
                       "idempotency-key: \"%.*s %.*s\"\r\ncontent-type: application/json\r\n"
                       "content-length: %zu\r\n",
                       TEXT_ARGS(outcome->name), TEXT_ARGS(rehearsal->path), rehearsal->body.len));
    text_builder_add(&out, TEXT("\r\n"));
    text_builder_add(&out, changes ? rehearsal->body : (struct text){0});
    return text_builder_text(&out);
}

/* The answer. */

/* True for a field that a second rehearsal would have with another value, or that belongs to the
 * connection. */
static bool is_left_out(struct text name)
{
    static const char *const names[] = {"date",         "server",          "connection",
                                        "keep-alive",   "content-length",  "set-cookie",
                                        "x-request-id", "x-response-time", "transfer-encoding"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_nocase(name, text_of(names[i])))
            return true;
    return false;
}

/* Every part took 1 ms. The client of clients/typescript reads the names of all parts here. */
static struct text with_fixed_times(struct pool *pool, struct text value)
{
    static const struct text mark = {";dur=", 5};
    struct text_builder out;
    const char *at;

    text_builder_init(&out, pool, value.len);
    while ((at = memmem(value.at, value.len, mark.at, mark.len)) != NULL) {
        size_t before = (size_t)(at - value.at) + mark.len;
        text_builder_add(&out, (struct text){value.at, before});
        text_builder_add(&out, TEXT("1.0"));
        value = text_after(value, before);
        while (value.len > 0 && (value.at[0] == '.' || (value.at[0] >= '0' && value.at[0] <= '9')))
            value = text_after(value, 1);
    }
    text_builder_add(&out, value);
    return text_builder_text(&out);
}

static bool is_timing(struct text name) { return text_equal_nocase(name, TEXT("server-timing")); }

/* When a page has failed, it depends on the moment which of its other parts have settled. */
static struct text fields_of(struct pool *pool, struct text head, int status)
{
    struct json_print out;
    struct text name, value;

    json_print_init(&out, pool);
    while (rehearsal_client_field(&head, &name, &value)) {
        if (is_left_out(name) || (is_timing(name) && status != STATUS_OK))
            continue;
        if (is_timing(name))
            value = with_fixed_times(pool, value);
        json_print_comma(&out);
        json_print_string(&out, text_lower(pool_take(pool, name.len + 1), name));
        json_print_raw(&out, TEXT(": "));
        json_print_string(&out, value);
    }
    return json_print_text(&out);
}

static struct text with_fixed_time(struct pool *pool, struct text body)
{
    struct text time = json_raw(json_get(json_of(body), "loadedAt"));
    struct text_builder out;

    if (time.at == NULL)
        return body;
    text_builder_init(&out, pool, body.len);
    text_builder_add(&out, (struct text){body.at, (size_t)(time.at - body.at)});
    text_builder_add(&out, TEXT("\"" REHEARSAL_LOADED_AT "\""));
    text_builder_add(&out, text_after(body, (size_t)(time.at - body.at) + time.len));
    return text_builder_text(&out);
}

/* A refusal, such as 401, names no part. */
static bool is_of_composite(int status, struct json body)
{
    return status == STATUS_OK || !json_is(json_get(body, "part"), JSON_NONE);
}

const char *rehearsal_answer_ask(struct rehearsal *rehearsal, struct rehearsal_outcome *outcome)
{
    struct pool *pool = rehearsal->pool;
    struct rehearsal_answer answer;
    const char *wrong =
        rehearsal_client_ask(pool, rehearsal->port, request_of(rehearsal, outcome), &answer);

    if (wrong != NULL)
        return wrong;
    bool is_json = json_scan_accepts(answer.body.at, answer.body.len, DEPTH);
    if (!is_json || !is_of_composite(answer.status, json_of(answer.body)))
        return pool_print(pool, "%.*s: status %d: %.*s", TEXT_ARGS(rehearsal->path), answer.status,
                          TEXT_ARGS(answer.body))
            .at;
    outcome->status = answer.status;
    outcome->fields = fields_of(pool, answer.head, answer.status);
    outcome->body = with_fixed_time(pool, answer.body);
    return NULL;
}

bool rehearsal_answer_is_whole(const struct rehearsal_outcome *outcome)
{
    struct json errors = json_get(json_of(outcome->body), "errors");

    return outcome->status == STATUS_OK && json_is(errors, JSON_NONE);
}
