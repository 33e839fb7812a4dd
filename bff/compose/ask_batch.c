/*
 * Batches. See compose_ask.h and ask_describe.h. While a batch is described, its items have no
 * target. At its end they are distributed to calls, and each item gets the target of its call.
 */
#include <string.h>

#include "bff/base/hash.h"
#include "bff/base/percent.h"
#include "bff/compose/ask.h"
#include "bff/compose/ask_describe.h"

#define TARGET_MAX 4000 /* bytes; services and proxies allow at least 8000 */
#define NO_ITEM UINT32_MAX

/* Describing. */

/* Returns false after a mistake. */
static bool check(struct bff_ask *ask, const struct bff_service *service, const char *path,
                  const struct ask_batch *batch)
{
    const char *wrong = NULL;

    if (service == NULL || path == NULL || path[0] != '/')
        wrong = "%s needs a service, and a path that begins with '/'";
    else if (batch->name == NULL || batch->by == NULL || batch->by[0] == '\0' || batch->max == 0)
        wrong = "%s needs the name of a query parameter, the most items of a call, and the member "
                "by which items are found";
    else if (ask->plan->parts[ask->place].row->many == 0)
        wrong = "%s, but the row has no .many";
    else if (ask->is_deciding)
        wrong = ".when calls %s, but it only decides";
    if (wrong != NULL)
        ask_mistake(ask, wrong, "ask_batch");
    return wrong == NULL;
}

/* "data.products[].id" is a path to the list, and the member of its items. */
static void read_by(struct bff_ask *ask, struct ask_batch *batch)
{
    const char *brackets = batch->by == NULL ? NULL : strstr(batch->by, "[].");

    if (brackets == NULL)
        return;
    batch->path = pool_print(ask->pool, "%.*s", (int)(brackets - batch->by), batch->by).at;
    batch->by = brackets + strlen("[].");
}

void ask_batch(struct bff_ask *ask, const struct bff_service *service, const char *path,
               const char *name, unsigned max, const char *by)
{
    struct ask_batch *batch = pool_take(ask->pool, sizeof(*batch));

    ask_end_call(ask);
    *batch = (struct ask_batch){
        .call = {.service = service, .headers = ask->headers},
        .name = name,
        .max = max,
        .by = by,
        .first = ask->count,
    };
    read_by(ask, batch);
    if (!check(ask, service, path, batch))
        return;
    ask->batch = batch;
    ask->has_query = strchr(path, '?') != NULL;
    ask_target_add(ask, text_of(path));
}

/* A comma would make two items of one. */
static bool is_item(struct text text)
{
    return ask_is_fit(text) && text.len > 0 && memchr(text.at, ',', text.len) == NULL;
}

void ask_batch_item(struct bff_ask *ask, struct text text)
{
    if (ask->batch == NULL) {
        if (!ask->is_rehearsal || ask->mistake == NULL)
            ask_mistake(ask, "%s before ask_batch", "ask_batch_item");
        return;
    }
    ask->is_too_many |= ask_is_full(ask, " twice", "ask_batch_item");
    if (!ask->is_too_many)
        *ask_add_call(ask) = (struct ask_call){.service = ask->batch->call.service,
                                               .item = text,
                                               .batch = ask->batch,
                                               .is_skipped = !is_item(text)};
}

/* Distributing. */

/* The calls of a batch while its items are distributed. */
struct spread {
    struct bff_ask *ask;
    const struct ask_batch *batch;
    struct text base;     /* the beginning of each target */
    struct text *targets; /* the finished ones */
    size_t target_count;
    uint32_t *call_of; /* of each item: the place of its target */
    uint32_t *table;   /* the items by their texts: a hash table with free places */
    size_t table_size; /* a power of two */
    size_t in_call;    /* items in the target that is being written */
};

static void end_target(struct spread *spread)
{
    if (spread->in_call > 0)
        spread->targets[spread->target_count++] = ask_take_target(spread->ask);
    spread->in_call = 0;
}

static void put_item(struct spread *spread, struct text text)
{
    struct bff_ask *ask = spread->ask;
    size_t len = ask->room->len + PERCENT_ENCODED_MAX(text.len);

    if (spread->in_call == spread->batch->max || len > TARGET_MAX)
        end_target(spread);
    if (spread->in_call == 0) {
        ask_target_add(ask, spread->base);
        ask_target_add(ask, spread->batch->has_query ? TEXT("&") : TEXT("?"));
        ask_target_encode(ask, text_of(spread->batch->name));
        ask_target_add(ask, TEXT("="));
    } else {
        ask_target_add(ask, TEXT(","));
    }
    ask_target_encode(ask, text);
    spread->in_call++;
}

/* Puts item ${i} into a call, unless an item with the same text is in one. */
static void place_item(struct spread *spread, size_t i)
{
    const struct ask_call *calls = spread->ask->calls;
    struct text text = calls[i].item;
    size_t at = hash_text(text) & (spread->table_size - 1);

    while (spread->table[at] != NO_ITEM && !text_equal(calls[spread->table[at]].item, text))
        at = (at + 1) & (spread->table_size - 1);
    if (spread->table[at] != NO_ITEM) {
        spread->call_of[i] = spread->call_of[spread->table[at]];
        return;
    }
    put_item(spread, text);
    spread->table[at] = (uint32_t)i;
    spread->call_of[i] = (uint32_t)spread->target_count;
}

static void make_room(struct spread *spread, size_t count)
{
    struct pool *pool = spread->ask->pool;

    spread->table_size = 8;
    while (spread->table_size < 2 * count)
        spread->table_size *= 2;
    spread->table = pool_take(pool, spread->table_size * sizeof(*spread->table));
    memset(spread->table, 0xff, spread->table_size * sizeof(*spread->table));
    spread->call_of = pool_take(pool, (count + 1) * sizeof(*spread->call_of));
    spread->targets = pool_take(pool, (count + 1) * sizeof(*spread->targets));
}

static void distribute(struct spread *spread)
{
    struct ask_call *calls = spread->ask->calls;
    size_t count = spread->ask->count;

    for (size_t i = spread->batch->first; i < count; i++) {
        calls[i].is_skipped |= spread->batch->call.is_skipped && !calls[i].is_nothing;
        if (!calls[i].is_nothing && !calls[i].is_skipped)
            place_item(spread, i);
    }
    end_target(spread);
    for (size_t i = spread->batch->first; i < count; i++) {
        if (calls[i].is_nothing || calls[i].is_skipped)
            continue;
        calls[i].headers = spread->batch->call.headers;
        calls[i].target = spread->targets[spread->call_of[i]];
    }
}

void ask_batch_end(struct bff_ask *ask)
{
    struct spread spread = {.ask = ask, .batch = ask->batch};

    ask->batch->has_query = ask->has_query;
    spread.base = ask_take_target(ask);
    make_room(&spread, ask->count);
    distribute(&spread);
    ask->batch = NULL;
}
