/* Items of a batch. See run_settle.h. The answer is read once for all items of its call, into a
 * hash table. */
#include <string.h>

#include "bff/base/hash.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_settle.h"

struct row {
    struct text text; /* of the member that says which item it is; absent: the place is free */
    struct json value;
};

struct run_batch {
    const struct ask_batch *batch;
    bool is_list;
    struct row *rows;
    size_t size; /* a power of two */
};

static struct row *find(const struct run_batch *items, struct text text)
{
    size_t at = hash_text(text) & (items->size - 1);

    while (items->rows[at].text.at != NULL && !text_equal(items->rows[at].text, text))
        at = (at + 1) & (items->size - 1);
    return &items->rows[at];
}

static struct run_batch *read_answer(struct pool *pool, const struct ask_batch *batch,
                                     struct json answer)
{
    struct run_batch *items = pool_zero(pool, sizeof(*items));
    struct json list = batch->path == NULL ? answer : json_path(answer, batch->path);
    size_t count = json_length(list);

    items->batch = batch;
    items->is_list = json_is(list, JSON_ARRAY);
    items->size = 8;
    while (items->size < 2 * count)
        items->size *= 2;
    items->rows = pool_zero(pool, items->size * sizeof(*items->rows));
    if (!items->is_list)
        return items;
    json_each (value, list) {
        struct text text = json_text(json_get(value, batch->by), pool);
        if (text.at != NULL)
            *find(items, text) = (struct row){text, value};
    }
    return items;
}

enum reason run_settle_batch(struct run *run, struct run_item *item)
{
    const struct run_part *part = &run->parts[item->part];
    const struct ask_call *asked = &part->asked[item - part->items];
    struct run_call *call = item->call;

    if (asked->batch == NULL)
        return REASON_NONE;
    if (call->batch == NULL || call->batch->batch != asked->batch)
        call->batch = read_answer(run->request->pool, asked->batch, item->value);
    item->value = find(call->batch, asked->item)->value;
    if (!call->batch->is_list)
        return REASON_BAD_JSON;
    if (!json_is(item->value, JSON_NONE))
        return REASON_NONE;
    item->status = 404;
    return REASON_STATUS;
}
