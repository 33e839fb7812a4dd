/*
 * See record_scenario.h. A call that an endpoint has answered, or has not answered, is a row of
 * ${answers}. What only this server can do, such as an open circuit breaker, is a clause of
 * ${parts}.
 */
#include "bff/base/clock.h"
#include "bff/json/json_scan.h"
#include "bff/record/record_scenario.h"
#include "bff/record/record_scenario_target.h"

#define STATUS_NO_CONTENT 204
#define HANGS "600s" /* the longest delay of mock services */

struct showing {
    struct json_print *out;
    const struct json_redact *redact;
    const struct record_entry *entry;
};

static void member(struct json_print *out, const char *name, struct text text)
{
    json_print_key(out, name);
    json_print_string(out, text);
}

/* Times are written in microseconds. */
static void duration(struct json_print *out, const char *name, int64_t ns)
{
    char digits[TEXT_DIGITS];
    struct text us = text_digits(digits, ns > 0 ? (uint64_t)ns / 1000 : 0);

    if (ns >= 1000)
        member(out, name, pool_print(out->pool, "%.*sus", TEXT_ARGS(us)));
}

/* What became of a call. */

/* True when no endpoint has seen the call, and the cache had no answer: this server refused it, or
 * could not connect, or somebody has asked for a fault. */
static bool is_of_server(const struct call_record *call)
{
    bool is_refused = call->reason == REASON_CONNECT || call->reason == REASON_BAD_HTTP ||
                      call->reason == REASON_UNKNOWN;

    if (call->reason == REASON_NONE)
        return false;
    return is_refused || call->attempts.endpoint.at == NULL;
}

static bool is_without_end(const struct call_record *call)
{
    return call->reason == REASON_TIMEOUT || call->is_cancelled;
}

/* Returns the fate of the answer as a word of mock services; absent: it was whole. */
static struct text fate_of(const struct call_record *call)
{
    bool has_head = call->status != 0;

    if (is_without_end(call))
        return has_head ? (struct text){0} : TEXT("hang");
    switch (call->reason) {
    case REASON_RESET:
        return has_head ? TEXT("truncate") : TEXT("reset");
    case REASON_BAD_JSON:
        return TEXT("bad-json");
    case REASON_TOO_LARGE:
        return TEXT("large");
    default:
        return (struct text){0};
    }
}

/* The answer. */

/* Returns the body of the answer; NULL: it is not known. A plain route has passed it on. */
static const struct value *body_of(const struct showing *of, const struct call_record *call)
{
    const struct record_entry *entry = of->entry;
    bool is_passed =
        entry->part_count == 0 && call->reason == REASON_NONE && call->status == entry->status;

    return call->value == NULL && is_passed ? entry->answer : call->value;
}

static void print_body(const struct showing *of, const struct call_record *call)
{
    const struct value *value = body_of(of, call);

    if (value == NULL || call->status == STATUS_NO_CONTENT)
        return;
    if (json_scan_accepts(value->text.at, value->text.len, JSON_DEPTH_MAX)) {
        json_print_key(of->out, "body");
        json_print_raw(of->out, json_redact_body(of->redact, value->text, of->out->pool));
    } else if (text_is_utf8(value->text)) {
        member(of->out, "text", json_redact_text(of->redact, value->text, of->out->pool));
    }
}

/* An answer waited for its first byte from the beginning of the call on: in the queue of this
 * server, for a connection, for other attempts. Now it waits in the mock services. A connection
 * that ended without an answer did so in each attempt, and the next server makes them again. */
static void print_times(struct json_print *out, const struct call_record *call)
{
    const struct call_times *times = &call->times;

    if (times->first_byte_ns != 0)
        duration(out, "delay", times->first_byte_ns - times->asked_ns);
    else if (call->reason == REASON_RESET)
        duration(out, "delay", times->ended_ns - times->started_ns);
    if (is_without_end(call) && call->status != 0)
        member(out, "body_delay", TEXT(HANGS));
    else if (times->first_byte_ns != 0)
        duration(out, "body_delay", times->ended_ns - times->first_byte_ns);
}

/* A change of the same target may come several times, with other bodies. Each gets its row once. */
static bool is_one_of_many(const struct record_entry *entry, const struct call_record *call)
{
    size_t count = 0;

    for (size_t i = 0; i < entry->call_count; i++) {
        const struct call_record *other = &entry->calls[i];
        count += text_equal(other->service, call->service) &&
                 text_equal(other->method, call->method) && text_equal(other->target, call->target);
    }
    return count > 1 && !text_is(call->method, "GET");
}

static void print_answer(const struct showing *of, const struct call_record *call)
{
    struct json_print *out = of->out;
    struct text fate = fate_of(call);

    json_print_raw(out, TEXT("{"));
    member(out, "service", call->service);
    member(out, "method", text_is(call->method, "HEAD") ? TEXT("GET") : call->method);
    record_scenario_target_print(out, call->target, of->redact);
    if (is_one_of_many(of->entry, call)) {
        json_print_key(out, "total");
        json_print_size(out, 1);
    }
    json_print_key(out, "status");
    json_print_int(out, call->status == 0 ? 200 : call->status);
    print_body(of, call);
    print_times(out, call);
    if (fate.at != NULL)
        member(out, "fate", fate);
    json_print_raw(out, TEXT("}"));
}

static void print_answers(const struct showing *of)
{
    bool is_first = true;

    json_print_key(of->out, "answers");
    json_print_raw(of->out, TEXT("["));
    for (size_t i = 0; i < of->entry->call_count; i++) {
        if (is_of_server(&of->entry->calls[i]))
            continue;
        json_print_raw(of->out, is_first ? TEXT("") : TEXT(","));
        print_answer(of, &of->entry->calls[i]);
        is_first = false;
    }
    json_print_raw(of->out, TEXT("]"));
}

/* Parts. */

/* Returns the first call of the part that no endpoint has seen; NULL: there is none. */
static const struct call_record *refused_call(const struct record_entry *entry,
                                              const struct part_report *part)
{
    for (size_t i = 0; i < part->place_count; i++)
        if (is_of_server(&entry->calls[part->places[i]]))
            return &entry->calls[part->places[i]];
    return NULL;
}

/* A time-out lasts as long as it did. */
static void print_clause(struct json_print *out, const struct part_report *part,
                         const struct call_record *call)
{
    long long ms = (long long)(part->took_ns / CLOCK_MS);
    const char *word = call->reason == REASON_STATUS ? "status" : reason_name(call->reason);

    json_print_key(out, pool_text(out->pool, part->name).at);
    if (call->reason == REASON_STATUS)
        json_print_string(out, pool_print(out->pool, "%s=%d", word, call->status));
    else if (ms > 0)
        json_print_string(out, pool_print(out->pool, "%s delay=%lldms", word, ms));
    else
        json_print_string(out, text_of(word));
}

static void print_parts(const struct showing *of)
{
    const struct record_entry *entry = of->entry;

    json_print_key(of->out, "parts");
    json_print_raw(of->out, TEXT("{"));
    for (size_t i = 0; i < entry->part_count; i++) {
        const struct call_record *call = refused_call(entry, &entry->parts[i]);
        if (call != NULL)
            print_clause(of->out, &entry->parts[i], call);
    }
    json_print_raw(of->out, TEXT("}"));
}

void record_scenario_print(struct json_print *out, const struct record_entry *entry,
                           const struct json_redact *redact)
{
    struct showing of = {out, redact, entry};
    char at[CLOCK_ISO_SIZE], digits[TEXT_DIGITS];
    struct text path = json_redact_path(redact, entry->path, out->pool);
    struct text number = text_digits(digits, entry->number);

    clock_iso(entry->at_ms, at);
    json_print_raw(out, TEXT("{"));
    member(out, "name", pool_print(out->pool, "request-%.*s", TEXT_ARGS(number)));
    member(out, "about",
           pool_print(out->pool, "%.*s %.*s, recorded %s", TEXT_ARGS(entry->method),
                      TEXT_ARGS(path), at));
    json_print_key(out, "templates");
    json_print_bool(out, false);
    print_parts(&of);
    print_answers(&of);
    json_print_raw(out, TEXT("}"));
}
