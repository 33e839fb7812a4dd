/* See openapi_reply.h. */
#include "bff/compose/openapi_reply.h"
#include "bff/compose/openapi_shape.h"

/* Fields. */

/* When a response has a field. */
enum when { ALWAYS, WHEN_REJECTED, WHEN_CACHED, WHEN_COMPLETE, WHEN_REPLAYED, WHEN_LATER };

static const struct {
    const char *name, *about;
    enum when when;
} headers[] = {
    {"X-Request-Id", "The id of the request, which the log has, too", ALWAYS},
    {"Cache-Control", "no-store for a partial answer, else private, no-cache", ALWAYS},
    {"Server-Timing", "How long each part took, and why it was rejected", ALWAYS},
    {"Proxy-Status", "The parts that were rejected (RFC 9209)", WHEN_REJECTED},
    {"Cache-Status", "What the cache did for each part (RFC 9211)", WHEN_CACHED},
    {"ETag", "Of a complete answer, for If-None-Match", WHEN_COMPLETE},
    {"Idempotency-Replayed", "true: this is the answer of the first request with the key",
     WHEN_REPLAYED},
    {"Retry-After", "Seconds after which to try again", WHEN_LATER},
};

#define HEADER_COUNT (sizeof(headers) / sizeof(headers[0]))

static bool any_is_cached(const struct types *types)
{
    for (size_t i = 0; i < types->page_count; i++)
        if (types->pages[i].plan->is_cached)
            return true;
    return false;
}

/* True when there is a composite that changes data, or one that changes nothing. */
static bool has_page(const struct types *types, bool changes)
{
    for (size_t i = 0; i < types->page_count; i++)
        if (types->pages[i].plan->changes == changes)
            return true;
    return false;
}

static bool is_used(const struct types *types, enum when when)
{
    if (when == WHEN_COMPLETE || when == WHEN_REPLAYED)
        return has_page(types, when == WHEN_REPLAYED);
    return when == WHEN_CACHED ? any_is_cached(types) : types->page_count > 0;
}

void openapi_reply_print_headers(struct json_print *out, const struct types *types)
{
    json_print_key(out, "headers");
    json_print_words(out, "{");
    for (size_t i = 0; i < HEADER_COUNT; i++) {
        if (!is_used(types, headers[i].when))
            continue;
        json_print_key(out, headers[i].name);
        json_print_words(out, "{\"description\":");
        json_print_string(out, text_of(headers[i].about));
        json_print_words(out, ",\"schema\":{\"type\":\"string\"}}");
    }
    json_print_words(out, "}");
}

/* Begins the member "headers" with the fields that are always there, and those of ${more}. The
 * caller ends it. */
static void begin_headers(struct json_print *out, unsigned more)
{
    json_print_key(out, "headers");
    json_print_words(out, "{");
    for (size_t i = 0; i < HEADER_COUNT; i++) {
        if (headers[i].when != ALWAYS && (more & (1u << headers[i].when)) == 0)
            continue;
        json_print_key(out, headers[i].name);
        json_print_words(out, "{\"$ref\":");
        json_print_string(out, pool_print(out->pool, "#/components/headers/%s", headers[i].name));
        json_print_words(out, "}");
    }
}

/* The fields that services may add: those of the columns .headers, each once. A field that this
 * server sends itself is there already. */
static void print_part_headers(struct json_print *out, const struct plan *plan)
{
    struct text seen = TEXT("");

    for (size_t i = 0; i < HEADER_COUNT; i++)
        seen =
            pool_print(out->pool, "%.*s%s%s", TEXT_ARGS(seen), i > 0 ? ", " : "", headers[i].name);
    for (size_t i = 0; i < plan->part_count; i++) {
        struct text names = text_of(plan->parts[i].row->headers);
        while (names.len > 0) {
            struct text name = text_cut(&names, ' ');
            struct text item = pool_print(out->pool, "%.*s", TEXT_ARGS(name));
            if (name.len == 0 || text_list_has_nocase(seen, item))
                continue;
            seen = pool_print(out->pool, "%.*s, %.*s", TEXT_ARGS(seen), TEXT_ARGS(name));
            json_print_key(out, item.at);
            json_print_words(out, "{\"schema\":{\"type\":\"string\"}}");
        }
    }
}

/* Responses. */

static void begin(struct json_print *out, const char *status, const char *about)
{
    json_print_key(out, status);
    json_print_words(out, "{\"description\":");
    json_print_string(out, text_of(about));
}

static void print_refusal(struct json_print *out, const char *status, const char *about)
{
    begin(out, status, about);
    json_print_words(out, ",\"content\":{\"application/json\":{\"schema\":"
                          "{\"$ref\":\"#/components/schemas/Refusal\"}}}}");
}

static void print_later(struct json_print *out, const char *status, const char *about)
{
    begin(out, status, about);
    json_print_words(
        out, ",\"headers\":{\"Retry-After\":{\"$ref\":\"#/components/headers/Retry-After\"}},"
             "\"content\":{\"application/json\":{\"schema\":"
             "{\"$ref\":\"#/components/schemas/Refusal\"}}}}");
}

static void print_failure(struct json_print *out, const struct types *types,
                          const struct types_page *page, const char *status, const char *about)
{
    bool is_later = text_is(text_of(status), "503");

    begin(out, status, about);
    begin_headers(out, 1u << WHEN_REJECTED | (is_later ? 1u << WHEN_LATER : 0));
    json_print_words(out, "},\"content\":{\"application/json\":{\"schema\":");
    json_print_words(out, is_later ? "{\"anyOf\":[" : "");
    openapi_shape_print(out, types, page->failure);
    json_print_words(out, is_later ? ",{\"$ref\":\"#/components/schemas/Refusal\"}]}" : "");
    json_print_words(out, "}}}");
}

/* A client that accepts one of these types gets the parts as they settle (docs/streaming.md). */
static void print_streams(struct json_print *out)
{
    static const char *const types[] = {"application/x-ndjson", "text/event-stream",
                                        "multipart/mixed"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        json_print_key(out, types[i]);
        json_print_words(out, "{\"schema\":{\"type\":\"string\","
                              "\"description\":\"The parts of the answer as they settle\"}}");
    }
}

static void print_answer(struct json_print *out, const struct types *types,
                         const struct types_page *page)
{
    unsigned more = 1u << WHEN_REJECTED;

    if (page->plan->is_cached)
        more |= 1u << WHEN_CACHED;
    more |= page->plan->changes ? 1u << WHEN_REPLAYED : 1u << WHEN_COMPLETE;
    begin(out, "200", "The answer. Parts that were rejected have their fallbacks");
    begin_headers(out, more);
    print_part_headers(out, page->plan);
    json_print_words(out, "},\"content\":{\"application/json\":{\"schema\":");
    openapi_shape_print(out, types, page->answer);
    json_print_words(out, "}");
    if (!page->plan->changes)
        print_streams(out);
    json_print_words(out, "}}");
}

static void print_reading(struct json_print *out)
{
    begin(out, "204", "The events are over: the request has the Last-Event-ID of the end");
    json_print_words(out, "}");
    begin(out, "304", "The client has this answer: it has sent its ETag in If-None-Match");
    json_print_words(out, "}");
}

static void print_changing(struct json_print *out)
{
    print_later(out, "409", "The request with this Idempotency-Key is not over");
    print_refusal(out, "413", "The body is too long");
    print_refusal(out, "415", "The body is not application/json");
    print_refusal(out, "422", "Another request had this Idempotency-Key");
}

void openapi_reply_print(struct json_print *out, const struct types *types,
                         const struct types_page *page)
{
    json_print_key(out, "responses");
    json_print_words(out, "{");
    print_answer(out, types, page);
    if (!page->plan->changes)
        print_reading(out);
    print_refusal(out, "400", "A parameter, a field or the body is not valid");
    if (page->plan->composite->access != BFF_PUBLIC) {
        print_refusal(out, "401", "Nobody is signed in");
        print_refusal(out, "403", "This user may not see the answer");
    }
    if (page->failure != NULL)
        print_failure(out, types, page, "404", "The service has not found a part");
    if (page->plan->changes)
        print_changing(out);
    print_later(out, "429", "Too many requests");
    if (page->failure == NULL) {
        print_later(out, "503", "This server cannot answer now");
    } else {
        print_failure(out, types, page, "502", "A part that the page needs was rejected");
        print_failure(out, types, page, "503", "A part that the page needs cannot be asked now");
        print_failure(out, types, page, "504", "A part that the page needs took too long");
    }
    json_print_words(out, "}");
}

void openapi_reply_print_schemas(struct json_print *out)
{
    json_print_key(out, "Refusal");
    json_print_words(
        out, "{\"description\":\"The answer when no composite was asked\",\"type\":\"object\","
             "\"properties\":{\"error\":{\"type\":\"string\"},"
             "\"requestId\":{\"type\":\"string\"}},\"required\":[\"error\",\"requestId\"]}");
}
