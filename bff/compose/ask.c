/* See ask.h and compose.h. */
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/path_reading.h"
#include "bff/base/percent.h"
#include "bff/http/field.h"
#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"

#define CALLS_FIRST 8
/* Memory for the targets of a request. When it is full, more is allocated. */
#define ROOM_BYTES 512

/* Mistakes of a composite. */

void ask_mistake(struct bff_ask *ask, const char *format, const char *about)
{
    if (ask->is_rehearsal && ask->mistake == NULL)
        ask->mistake = pool_print(ask->pool, format, about).at;
    must(ask->is_rehearsal);
}

/* Reading. */

struct text ask_param(struct bff_ask *ask, const char *name)
{
    int place = plan_param(ask->plan, text_of(name));

    if (place < 0) {
        ask_mistake(ask, "ask_param names \"%s\", which is no parameter of the route",
                    name == NULL ? "" : name);
        return (struct text){0};
    }
    return ask->params[place];
}

/* True when the part whose ask function runs waits for ${part}, directly or through another
 * part. */
static bool waits_for(const struct bff_ask *ask, int part)
{
    if (ask->is_undo && part == ask->place)
        return true;
    for (int at = ask->place; at != PLAN_NO_PART; at = ask->plan->parts[at].after)
        if (ask->plan->parts[at].after == part)
            return true;
    return false;
}

struct json ask_part(struct bff_ask *ask, const char *part)
{
    int place = plan_part(ask->plan, text_of(part));

    if (place < 0 || !waits_for(ask, place)) {
        ask_mistake(ask, "ask_part names \"%s\", which its .after does not wait for",
                    part == NULL ? "" : part);
        return (struct json){0};
    }
    return ask->value(ask->value_cookie, place);
}

struct text ask_text(struct bff_ask *ask, struct json value) { return json_text(value, ask->pool); }

/* Writing a target. */

struct ask_call *ask_current(struct bff_ask *ask)
{
    if (ask->is_too_many)
        return NULL;
    if (ask->batch != NULL) {
        if (ask->count > ask->batch->first)
            ask_mistake(ask, "%s behind ask_batch_item", "a segment, query or header");
        return &ask->batch->call;
    }
    struct ask_call *last = ask->count == 0 ? NULL : &ask->calls[ask->count - 1];
    if (last == NULL || last->is_nothing) {
        ask_mistake(ask, last == NULL ? "%s before ask_get" : "%s after ask_nothing",
                    "a segment, query or header");
        return NULL;
    }
    return last;
}

/* Returns a place for ${len} more bytes of the target. The target is moved when its memory is too
 * small. */
static char *room_for(struct bff_ask *ask, size_t len)
{
    struct ask_room *room = ask->room;

    if (room->capacity - room->len < len) {
        size_t need = room->len + len;
        char *moved = pool_take(ask->pool, need + ROOM_BYTES);
        if (room->len > 0)
            memcpy(moved, room->at, room->len);
        room->at = moved;
        room->capacity = need + ROOM_BYTES;
    }
    return room->at + room->len;
}

void ask_target_add(struct bff_ask *ask, struct text text)
{
    memcpy(room_for(ask, text.len), text.at, text.len);
    ask->room->len += text.len;
}

void ask_target_encode(struct bff_ask *ask, struct text text)
{
    char *at = room_for(ask, PERCENT_ENCODED_MAX(text.len));

    ask->room->len += percent_encode(at, text);
}

struct text ask_take_target(struct bff_ask *ask)
{
    struct ask_room *room = ask->room;
    struct text target = {room->at, room->len};

    room->at += room->len;
    room->capacity -= room->len;
    room->len = 0;
    return target;
}

void ask_end_call(struct bff_ask *ask)
{
    struct ask_call *call = ask->count == 0 ? NULL : &ask->calls[ask->count - 1];

    if (ask->batch != NULL) {
        ask_batch_end(ask);
    } else if (call != NULL && call->target.at == NULL) {
        call->target = ask_take_target(ask);
        if (call->method.at != NULL)
            ask_change_end(ask, call);
    }
    ask->room->len = 0;
}

/* Describing. */

static const struct bff_part *row_of(const struct bff_ask *ask)
{
    return ask->plan->parts[ask->place].row;
}

bool ask_is_full(struct bff_ask *ask, const char *why, const char *by)
{
    const struct bff_part *row = row_of(ask);

    if (ask->is_deciding) {
        ask_mistake(ask, ".when calls %s, but it only decides", by);
        return true;
    }
    if (ask->is_rehearsal && row->many == 0 && ask->count == 1)
        ask_mistake(ask, "%s, but the row has no .many", pool_print(ask->pool, "%s%s", by, why).at);
    return ask->count >= (row->many == 0 ? 1 : row->many);
}

struct ask_call *ask_add_call(struct bff_ask *ask)
{
    if (ask->count == ask->capacity) {
        size_t first = row_of(ask)->many == 0 ? 1 : CALLS_FIRST;
        size_t capacity = ask->capacity == 0 ? first : ask->capacity * 2;
        struct ask_call *grown = pool_take(ask->pool, capacity * sizeof(*grown));
        if (ask->count > 0)
            memcpy(grown, ask->calls, ask->count * sizeof(*grown));
        ask->calls = grown;
        ask->capacity = capacity;
    }
    return &ask->calls[ask->count++];
}

struct ask_call *ask_begin(struct bff_ask *ask, const char *by, const struct bff_service *service,
                           const char *path)
{
    bool is_after_nothing = ask->count > 0 && ask->calls[0].is_nothing;
    struct ask_call *call;

    ask_end_call(ask);
    ask->is_too_many |= ask_is_full(ask, is_after_nothing ? " after ask_nothing" : " twice", by);
    if (ask->is_too_many)
        return NULL;
    if (service == NULL || path == NULL || path[0] != '/') {
        ask_mistake(ask, "%s needs a service, and a path that begins with '/'", by);
        return NULL;
    }
    call = ask_add_call(ask);
    *call = (struct ask_call){.service = service, .headers = ask->headers};
    ask->has_query = strchr(path, '?') != NULL;
    ask_target_add(ask, text_of(path));
    return call;
}

void ask_get(struct bff_ask *ask, const struct bff_service *service, const char *path)
{
    ask_begin(ask, "ask_get", service, path);
}

void ask_nothing(struct bff_ask *ask)
{
    if (ask->batch == NULL)
        ask_end_call(ask);
    ask->is_too_many |= ask_is_full(ask, " after a call", "ask_nothing");
    if (!ask->is_too_many)
        *ask_add_call(ask) = (struct ask_call){.is_nothing = true};
}

bool ask_is_fit(struct text text)
{
    if (text.at == NULL || text.len > ASK_TEXT_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return false;
    return text_is_utf8(text);
}

static bool is_segment(struct pool *pool, struct text text)
{
    return ask_is_fit(text) && text.len > 0 && !path_reading_of(pool, text).has_dots;
}

void ask_segment(struct bff_ask *ask, struct text text)
{
    struct ask_call *call = ask_current(ask);

    if (call == NULL)
        return;
    if (ask->has_query)
        ask_mistake(ask, "%s behind a query", "ask_segment");
    call->is_skipped |= !is_segment(ask->pool, text);
    if (call->is_skipped)
        return;
    ask_target_add(ask, TEXT("/"));
    ask_target_encode(ask, text);
}

void ask_query(struct bff_ask *ask, const char *name, struct text text)
{
    struct ask_call *call = ask_current(ask);

    if (name == NULL)
        ask_mistake(ask, "%s needs a name", "ask_query");
    if (call == NULL || name == NULL)
        return;
    call->is_skipped |= !ask_is_fit(text);
    if (call->is_skipped)
        return;
    ask_target_add(ask, ask->has_query ? TEXT("&") : TEXT("?"));
    ask_target_encode(ask, text_of(name));
    ask_target_add(ask, TEXT("="));
    ask_target_encode(ask, text);
    ask->has_query = true;
}

void ask_query_number(struct bff_ask *ask, const char *name, unsigned number)
{
    char digits[TEXT_DIGITS];

    ask_query(ask, name, text_digits(digits, number));
}

/* Headers. */

/* True for a header field, in lower case, that only the server may set: it frames a request, or
 * states its user, its target or its deadline. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {
        "content-length",       "content-type", "content-encoding", "expect",     "host",
        "idempotency-key",      "x-user-id",    "x-user-role",      "x-identity", "x-api-key-name",
        "x-request-deadline-ms"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    return field_is_hop_by_hop(text_of(name));
}

static bool is_token(const char *name)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    return name[0] != '\0' && name[strspn(name, token)] == '\0';
}

/* Names of headers are looked up, compared and sent in lower case. */
static const char *lower(struct pool *pool, const char *name)
{
    size_t size = strlen(name) + 1;

    return text_lower(pool_take(pool, size), (struct text){name, size}).at;
}

/* True when ${value} has no line break. A line break could add header lines to the request. */
static bool is_one_line(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] == '\r' || value.at[i] == '\n' || value.at[i] == '\0')
            return false;
    return value.at != NULL;
}

void ask_pass_header(struct bff_ask *ask, const char *name)
{
    struct ask_call *call = ask_current(ask);
    struct text value = {0};

    if (name == NULL)
        ask_mistake(ask, "%s needs a name", "ask_pass_header");
    if (call == NULL || name == NULL)
        return;
    name = lower(ask->pool, name);
    if (!is_token(name) || is_ours(name)) {
        ask_mistake(ask, "ask_pass_header cannot pass \"%s\" on", name);
        return;
    }
    ask->passes_cookie |= strcmp(name, "cookie") == 0;
    if (ask->client_header != NULL)
        value = ask->client_header(ask->cookie, name);
    if (!is_one_line(value))
        return;
    call->headers =
        pool_print(ask->pool, "%.*s%s: %.*s\r\n", TEXT_ARGS(call->headers), name, TEXT_ARGS(value));
}

/* Running. */

void ask_run(struct bff_ask *ask)
{
    row_of(ask)->ask(ask);
    ask_end_call(ask);
}

bool ask_when(struct bff_ask *ask)
{
    bool is_asked;

    ask->is_deciding = true;
    is_asked = row_of(ask)->when(ask);
    ask->is_deciding = false;
    ask->is_too_many = false;
    return is_asked;
}

void ask_run_undo(struct bff_ask *ask)
{
    ask->is_undo = true;
    row_of(ask)->undo(ask);
    ask_end_call(ask);
}
