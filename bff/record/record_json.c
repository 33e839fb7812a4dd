/* See record_json.h. Times are in microseconds from the head of the request. */
#include "bff/base/clock.h"
#include "bff/json/json_print_member.h"
#include "bff/json/json_scan.h"
#include "bff/record/record_json.h"

/* What is printed: the entry, and the names of secrets. */
struct showing {
    struct json_print *out;
    const struct json_redact *redact;
    const struct record_entry *entry;
};

static void text_or_null(struct json_print *out, struct text text)
{
    if (text.at == NULL)
        json_print_null(out);
    else
        json_print_string(out, text);
}

static void member(struct json_print *out, const char *name, struct text text)
{
    json_print_key(out, name);
    text_or_null(out, text);
}

static void number_or_null(struct json_print *out, const char *name, int64_t value, bool is_known)
{
    json_print_key(out, name);
    if (is_known)
        json_print_int(out, value);
    else
        json_print_null(out);
}

static void reason(struct json_print *out, enum reason reason)
{
    member(out, "reason", reason == REASON_NONE ? (struct text){0} : text_of(reason_name(reason)));
}

/* A call that was made for another request began before this one: then the time is 0. */
static void time_of(const struct showing *of, const char *name, int64_t at_ns)
{
    int64_t us = (at_ns - of->entry->head_ns) / 1000;

    number_or_null(of->out, name, us < 0 ? 0 : us, at_ns != 0);
}

/* Calls. */

static void print_times(const struct showing *of, const struct call_times *times)
{
    time_of(of, "askedUs", times->asked_ns);
    time_of(of, "startUs", times->started_ns);
    time_of(of, "connectedUs", times->connected_ns);
    time_of(of, "firstByteUs", times->first_byte_ns);
    time_of(of, "endUs", times->ended_ns);
    json_print_member_number(of->out, "bytes", (int64_t)times->received);
    json_print_member_bool(of->out, "reused", times->is_reused);
}

static void print_call(const struct showing *of, const struct call_record *call)
{
    struct json_print *out = of->out;

    json_print_raw(out, TEXT("{"));
    member(out, "service", call->service);
    member(out, "method", call->method);
    member(out, "target", json_redact_target(of->redact, call->target, out->pool));
    member(out, "endpoint", call->attempts.endpoint);
    number_or_null(out, "status", call->status, call->status != 0);
    reason(out, call->reason);
    json_print_member_bool(out, "cancelled", call->is_cancelled);
    json_print_member_number(out, "retries", call->attempts.retries);
    member(out, "retried", call->attempts.retried);
    json_print_member_bool(out, "hedged", call->attempts.is_hedged);
    json_print_member_bool(out, "hedgeWon", call->attempts.has_hedge_won);
    print_times(of, &call->times);
    json_print_raw(out, TEXT("}"));
}

static void print_calls(const struct showing *of)
{
    json_print_key(of->out, "calls");
    json_print_raw(of->out, TEXT("["));
    for (size_t i = 0; i < of->entry->call_count; i++) {
        json_print_raw(of->out, i == 0 ? TEXT("") : TEXT(","));
        print_call(of, &of->entry->calls[i]);
    }
    json_print_raw(of->out, TEXT("]"));
}

/* Parts. */

static void print_places(struct json_print *out, const struct part_report *part)
{
    json_print_key(out, "calls");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < part->place_count; i++) {
        json_print_raw(out, i == 0 ? TEXT("") : TEXT(","));
        json_print_size(out, part->places[i]);
    }
    json_print_raw(out, TEXT("]"));
}

static void print_part(const struct showing *of, const struct part_report *part)
{
    struct json_print *out = of->out;
    int64_t end_ns = part->started_ns == 0 ? 0 : part->started_ns + part->took_ns;

    json_print_raw(out, TEXT("{"));
    member(out, "name", part->name);
    reason(out, part->reason);
    number_or_null(out, "status", part->status, part->status != 0);
    json_print_member_bool(out, "cancelled", part->is_cancelled && !part->is_unchosen);
    json_print_member_bool(out, "chosen", !part->is_unchosen);
    member(out, "cache", part->cache);
    json_print_member_bool(out, "list", part->is_list);
    time_of(of, "startUs", part->started_ns);
    time_of(of, "endUs", end_ns);
    print_places(out, part);
    json_print_raw(out, TEXT("}"));
}

static void print_parts(const struct showing *of)
{
    const struct record_entry *entry = of->entry;

    json_print_key(of->out, "parts");
    json_print_raw(of->out, TEXT("["));
    for (size_t i = 0; i < entry->part_count; i++) {
        json_print_raw(of->out, i == 0 ? TEXT("") : TEXT(","));
        print_part(of, &entry->parts[i]);
    }
    json_print_raw(of->out, TEXT("]"));
}

/* Requests. */

static void print_what(const struct showing *of)
{
    const struct record_entry *entry = of->entry;
    struct json_print *out = of->out;
    char at[CLOCK_ISO_SIZE];

    clock_iso(entry->at_ms, at);
    json_print_member_number(out, "number", (int64_t)entry->number);
    member(out, "requestId", json_redact_text(of->redact, entry->id, out->pool));
    member(out, "at", text_of(at));
    member(out, "method", entry->method);
    member(out, "path", json_redact_path(of->redact, entry->path, out->pool));
    member(out, "query", json_redact_query(of->redact, entry->query, out->pool));
    member(out, "route", entry->pattern);
}

static void print_members(const struct showing *of)
{
    const struct record_entry *entry = of->entry;
    struct json_print *out = of->out;

    print_what(of);
    json_print_member_number(out, "status", entry->status);
    json_print_member_number(out, "tookUs", entry->took_ns / 1000);
    json_print_member_number(out, "bytes", (int64_t)entry->sent_bytes);
    member(out, "user", entry->user);
    member(out, "cache", entry->cache);
    json_print_member_bool(out, "partial", entry->is_partial);
    member(out, "setBy",
           entry->set_by == RECORD_ENTRY_NO_PART ? (struct text){0}
                                                 : entry->parts[entry->set_by].name);
    print_parts(of);
    print_calls(of);
}

static void print_entry(const struct showing *of)
{
    json_print_raw(of->out, TEXT("{"));
    print_members(of);
    json_print_raw(of->out, TEXT("}"));
}

static void print_all(struct json_print *out, const struct json_redact *redact,
                      struct record_entry *const *entries, size_t count)
{
    json_print_key(out, "requests");
    json_print_raw(out, TEXT("["));
    for (size_t i = 0; i < count; i++) {
        json_print_raw(out, i == 0 ? TEXT("") : TEXT(","));
        print_entry(&(struct showing){out, redact, entries[i]});
    }
    json_print_raw(out, TEXT("]"));
}

void record_json_list(struct json_print *out, struct record *record,
                      const struct json_redact *redact, uint64_t after, size_t most)
{
    struct record_entry **entries = pool_take(out->pool, (most + 1) * sizeof(*entries));
    size_t count = record_last(record, after, most, entries);

    json_print_raw(out, TEXT("{"));
    print_all(out, redact, entries, count);
    json_print_member_number(out, "last",
                             (int64_t)(count == 0 ? after : entries[count - 1]->number));
    member(out, "epoch", record_epoch(record));
    json_print_raw(out, TEXT("}"));
    for (size_t i = 0; i < count; i++)
        record_entry_release(entries[i]);
}

/* Bodies. */

static bool is_json(const struct value *value)
{
    return value != NULL && json_scan_accepts(value->text.at, value->text.len, JSON_DEPTH_MAX);
}

static void body_member(const struct showing *of, const char *name, const struct value *value)
{
    json_print_key(of->out, name);
    if (is_json(value))
        json_print_raw(of->out, json_redact_body(of->redact, value->text, of->out->pool));
    else
        json_print_null(of->out);
}

/* What is no text, such as an image, is not shown. */
static struct text text_body(const struct showing *of, const struct value *value)
{
    if (value == NULL || is_json(value) || !text_is_utf8(value->text))
        return (struct text){0};
    return json_redact_text(of->redact, value->text, of->out->pool);
}

void record_json_detail(struct json_print *out, const struct record_entry *entry,
                        const struct json_redact *redact)
{
    struct showing of = {out, redact, entry};

    json_print_raw(out, TEXT("{"));
    print_members(&of);
    body_member(&of, "answer", entry->answer);
    member(out, "answerText", text_body(&of, entry->answer));
    json_print_member_bool(out, "answerKept", !entry->is_answer_cut && !entry->is_lean);
    body_member(&of, "body", entry->body);
    json_print_raw(out, TEXT("}"));
}
