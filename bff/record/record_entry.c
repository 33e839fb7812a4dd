/*
 * See record_entry.h. An entry is one block of memory: the struct, the parts, the calls, their
 * places and all texts. Most entries need less than BLOCK_BYTES. Their memory is not freed but kept
 * in a list of the thread, as in value.c, because malloc and free of such blocks take longer than
 * the copies.
 */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/http/request.h"
#include "bff/observe/route_report.h"
#include "bff/record/record_entry.h"

#define STATUS_CLIENT_LEFT 499 /* as in the access log */

/* The size of a block, and how many a thread keeps. AddressSanitizer finds more mistakes when every
 * entry has its own memory of the exact size. */
#if defined(__SANITIZE_ADDRESS__)
#define BLOCK_BYTES ((size_t)0)
#else
#define BLOCK_BYTES ((size_t)4096)
#endif
#define FREE_MAX 64

/* See warm(). These are the sizes of a page with four parts. */
#define LINE_BYTES 64
#define WARM_ENTRY_BYTES 2816
#define WARM_CALLS 16
#define WARM_VALUE_BYTES 448
#define WARM_ANSWER_BYTES 1536

static _Thread_local struct record_entry *free_entries;
static _Thread_local unsigned free_count;

/* Sizes. */

static size_t bytes_of_part(const struct part_report *part)
{
    return sizeof(*part) + part->place_count * sizeof(*part->places);
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

/* Memory. */

static struct record_entry *take_block(size_t bytes)
{
    struct record_entry *block = free_entries;

    if (bytes > BLOCK_BYTES || block == NULL)
        return memory_grow(NULL, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
    free_entries = block->next;
    free_count--;
    return block;
}

static void give_back(struct record_entry *entry)
{
    if (!entry->is_block || free_count == FREE_MAX) {
        memory_free(entry);
        return;
    }
    entry->next = free_entries;
    free_entries = entry;
    free_count++;
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

/* Names of parts and words of the cache are the program's own. What a part says of one of its calls
 * is in the calls. */
static void own_places(char **room, struct part_report *part)
{
    size_t bytes = part->place_count * sizeof(*part->places);

    part->has_call = false;
    part->service = (struct text){0};
    part->attempts = (struct attempts_report){0};
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

static void summarise(struct record_entry *entry, const struct request *request, int64_t now_ns)
{
    int64_t ended_ns = request->ended_ns != 0 ? request->ended_ns : now_ns;
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

static void drop_values(struct record_entry *entry)
{
    for (size_t i = 0; i < entry->call_count; i++) {
        value_release(entry->calls[i].value);
        entry->calls[i].value = NULL;
    }
    value_release(entry->answer);
    value_release(entry->body);
    entry->answer = entry->body = NULL;
}

/* Values that are freed now are still in the caches of the processor, and are used again by the
 * next request. */
static void keep_lean(struct record_entry *entry)
{
    if (entry->status >= 400 || entry->is_partial)
        return;
    entry->is_lean = true;
    drop_values(entry);
}

struct record_entry *record_entry_new(struct request *request, int64_t now_ns, bool keeps_answers)
{
    size_t bytes = bytes_needed(request);
    struct record_entry *entry = take_block(bytes);
    char *room = (char *)(entry + 1);

    *entry = (struct record_entry){.answer = request->kept.answer,
                                   .is_answer_cut = request->kept.is_cut,
                                   .body = request->kept.body,
                                   .is_block = bytes <= BLOCK_BYTES};
    request->kept = (struct request_kept){0};
    atomic_init(&entry->references, 1);
    copy_structs(entry, request, &room);
    summarise(entry, request, now_ns);
    if (!keeps_answers)
        keep_lean(entry);
    own_all(entry, room);
    request->call_count = 0; /* the values belong to the entry */
    entry->bytes = (entry->is_block ? BLOCK_BYTES : bytes) + bytes_of_values(entry);
    return entry;
}

struct record_entry *record_entry_hold(struct record_entry *entry)
{
    must(atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed) > 0);
    return entry;
}

/*
 * The memory of an old entry is used again by the next requests, and has left the caches of the
 * processor by then. To wait for each of its lines takes longer than all the rest of the recorder,
 * so they are asked for beforehand, all at the same time.
 */
static void warm(const void *memory, size_t bytes)
{
    for (size_t at = 0; memory != NULL && at < bytes; at += LINE_BYTES)
        __builtin_prefetch((const char *)memory + at, 1);
}

void record_entry_warm(const struct record_entry *entry) { warm(entry, WARM_ENTRY_BYTES); }

static void warm_values(const struct record_entry *entry)
{
    for (size_t i = 0; i < entry->call_count && i < WARM_CALLS; i++)
        warm(entry->calls[i].value, WARM_VALUE_BYTES);
    warm(entry->answer, WARM_ANSWER_BYTES);
}

void record_entry_release(struct record_entry *entry)
{
    if (entry == NULL || atomic_fetch_sub_explicit(&entry->references, 1, memory_order_acq_rel) > 1)
        return;
    warm_values(entry);
    drop_values(entry);
    give_back(entry);
}
