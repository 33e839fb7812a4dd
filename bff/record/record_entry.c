/* See record_entry.h. An entry is one block of memory: the struct, the parts, the calls, their
 * places and all texts. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/request.h"
#include "bff/observe/route_report.h"
#include "bff/record/record_entry.h"

#define STATUS_CLIENT_LEFT 499 /* as in the access log */

/* Sizes. */

static size_t bytes_of_part(const struct part_report *part)
{
    return sizeof(*part) + part->place_count * sizeof(*part->places) + part->name.len +
           part->cache.len + part->service.len + part->attempts.endpoint.len +
           part->attempts.retried.len;
}

static size_t bytes_of_call(const struct call_record *call)
{
    return sizeof(*call) + call->service.len + call->method.len + call->target.len +
           call->attempts.endpoint.len + call->attempts.retried.len;
}

static size_t bytes_needed(const struct request *request)
{
    size_t bytes = sizeof(struct record_entry) + request->id.len + request->method.len +
                   request->path.len + request->query.len + request->pattern.len +
                   request->route.len + request->user.len;

    if (request->passed != NULL)
        bytes += request->passed->cache.len;
    for (size_t i = 0; i < request->part_count; i++)
        bytes += bytes_of_part(&request->parts[i]);
    for (size_t i = 0; i < request->call_count; i++)
        bytes += bytes_of_call(&request->calls[i]);
    return bytes;
}

static size_t bytes_of_value(const struct value *value)
{
    return value == NULL ? 0 : value_bytes(value);
}

static size_t bytes_of_values(const struct record_entry *entry)
{
    size_t bytes = bytes_of_value(entry->answer) + bytes_of_value(entry->body);

    for (size_t i = 0; i < entry->call_count; i++)
        bytes += bytes_of_value(entry->calls[i].value);
    return bytes;
}

/* Copies. */

/* Takes ${bytes} of the block. The structs are taken before the texts, so they are aligned. */
static void *take(char **room, size_t bytes)
{
    char *at = *room;

    *room += bytes;
    return at;
}

static void own(char **room, struct text *text)
{
    if (text->at == NULL)
        return;
    char *at = take(room, text->len);
    memcpy(at, text->at, text->len);
    text->at = at;
}

static void own_attempts(char **room, struct attempts_report *attempts)
{
    own(room, &attempts->endpoint);
    own(room, &attempts->retried);
}

static void copy_structs(struct record_entry *entry, const struct request *request, char **room)
{
    entry->parts = take(room, request->part_count * sizeof(*entry->parts));
    entry->part_count = request->part_count;
    entry->calls = take(room, request->call_count * sizeof(*entry->calls));
    entry->call_count = request->call_count;
    if (entry->part_count > 0)
        memcpy(entry->parts, request->parts, entry->part_count * sizeof(*entry->parts));
    if (entry->call_count > 0)
        memcpy(entry->calls, request->calls, entry->call_count * sizeof(*entry->calls));
}

static void own_places(char **room, struct part_report *part)
{
    size_t bytes = part->place_count * sizeof(*part->places);

    if (bytes == 0)
        return;
    unsigned *places = take(room, bytes);
    memcpy(places, part->places, bytes);
    part->places = places;
}

static void own_all(struct record_entry *entry, char *room)
{
    struct text *texts[] = {&entry->id,      &entry->method, &entry->path, &entry->query,
                            &entry->pattern, &entry->user,   &entry->cache};

    for (size_t i = 0; i < entry->part_count; i++)
        own_places(&room, &entry->parts[i]);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        own(&room, texts[i]);
    for (size_t i = 0; i < entry->part_count; i++) {
        own(&room, &entry->parts[i].name);
        own(&room, &entry->parts[i].cache);
        own(&room, &entry->parts[i].service);
        own_attempts(&room, &entry->parts[i].attempts);
    }
    for (size_t i = 0; i < entry->call_count; i++) {
        own(&room, &entry->calls[i].service);
        own(&room, &entry->calls[i].method);
        own(&room, &entry->calls[i].target);
        own_attempts(&room, &entry->calls[i].attempts);
    }
}

/* The summary. */

/* When parts have settled at the same time, it is the last one of the table. */
static size_t set_by(const struct record_entry *entry)
{
    size_t last = RECORD_ENTRY_NO_PART;
    int64_t end_ns = 0;

    for (size_t i = 0; i < entry->part_count; i++) {
        const struct part_report *part = &entry->parts[i];
        if (part->is_unchosen || part->started_ns == 0 || part->started_ns + part->took_ns < end_ns)
            continue;
        end_ns = part->started_ns + part->took_ns;
        last = i;
    }
    return last;
}

static bool is_partial(const struct record_entry *entry)
{
    for (size_t i = 0; i < entry->part_count; i++)
        if (!entry->parts[i].is_unchosen && entry->parts[i].reason != REASON_NONE)
            return true;
    return false;
}

static void summarise(struct record_entry *entry, const struct request *request)
{
    int64_t now_ns = clock_now_ns(), ended_ns = request->ended_ns != 0 ? request->ended_ns : now_ns;
    int status = request_status(request);

    entry->head_ns = request->head_ns;
    entry->at_ms = clock_wall_ms() - (now_ns - request->head_ns) / CLOCK_MS;
    entry->took_ns = ended_ns - request->head_ns;
    entry->status = status == 0 ? STATUS_CLIENT_LEFT : status;
    entry->sent_bytes = request_bytes_sent(request);
    entry->id = request->id;
    entry->method = request->method;
    entry->path = request->path;
    entry->query = request->query;
    entry->pattern = request->route.at != NULL ? request->route : request->pattern;
    entry->user = request->user;
    if (request->passed != NULL)
        entry->cache = request->passed->cache;
    entry->set_by = set_by(entry);
    entry->is_partial = is_partial(entry);
}

struct record_entry *record_entry_new(struct request *request)
{
    size_t bytes = bytes_needed(request);
    struct record_entry *entry = memory_grow(NULL, bytes);
    char *room = (char *)(entry + 1);

    *entry = (struct record_entry){.answer = request->kept.answer,
                                   .is_answer_cut = request->kept.is_cut,
                                   .body = request->kept.body};
    request->kept = (struct request_kept){0};
    atomic_init(&entry->references, 1);
    copy_structs(entry, request, &room);
    summarise(entry, request);
    own_all(entry, room);
    request->call_count = 0; /* the values belong to the entry */
    entry->bytes = bytes + bytes_of_values(entry);
    return entry;
}

struct record_entry *record_entry_hold(struct record_entry *entry)
{
    must(atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed) > 0);
    return entry;
}

void record_entry_release(struct record_entry *entry)
{
    if (entry == NULL || atomic_fetch_sub_explicit(&entry->references, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < entry->call_count; i++)
        value_release(entry->calls[i].value);
    value_release(entry->answer);
    value_release(entry->body);
    memory_free(entry);
}
