/*
 * See json_edit.h. The scanner checks the bytes in whole blocks. Then the bytes pass through a
 * machine of states that can rely on the grammar. Each state has a function that gets the bytes
 * from ${at} to ${end}, and returns the first byte that it has not taken.
 */
#include "bff/base/check.h"
#include "bff/json/json_edit_name.h"
#include "bff/json/json_edit_put.h"
#include "bff/json/json_edit_value.h"
#include "bff/json/json_skip.h"

/* Values. */

static bool is_reached(const struct json_edit_node *node, char first)
{
    if (node == NULL)
        return false;
    return (first == '{' && node->first != NULL) || (first == '[' && node->items != NULL);
}

/* Begins the next item of the array ${frame}. */
static void begin_item(struct json_edit *edit, const struct json_edit_frame *frame)
{
    edit->node = frame->node->items;
    edit->key_len = 0;
    edit->filters = frame->filters;
    edit->is_dropped = frame->filters && !edit->node->leads_to_allowed;
    edit->state = JSON_EDIT_ITEM;
}

static const char *enter(struct json_edit *edit, const char *at)
{
    struct json_edit_frame *frame = &edit->frames[edit->depth];

    must(edit->depth <= JSON_EDIT_STEPS_MAX);
    json_edit_put_before(edit);
    edit->depth++;
    *frame = (struct json_edit_frame){
        .node = edit->node, .is_object = *at == '{', .filters = edit->filters};
    json_edit_put(edit, (struct text){at, 1});
    if (frame->is_object)
        edit->state = JSON_EDIT_MEMBER;
    else
        begin_item(edit, frame);
    return at + 1;
}

/* The root cannot be left out. */
static const char *refuse_root(struct json_edit *edit, const char *end)
{
    edit->is_broken = true;
    return end;
}

static const char *on_value(struct json_edit *edit, const char *at, const char *end)
{
    at = json_skip_space(at, end);
    if (at == end)
        return at;
    if (!edit->is_dropped && is_reached(edit->node, *at))
        return enter(edit, at);
    if (edit->filters && *at != 'n') {
        if (edit->depth == 0)
            return refuse_root(edit, end);
        edit->is_dropped = true;
    }
    return json_edit_value_begin(edit, at);
}

/* Objects and arrays that rules reach into. */

static void put_missing(struct json_edit *edit, const struct json_edit_frame *frame)
{
    if (frame->node->set_count == 0)
        return;
    for (const struct json_edit_node *at = frame->node->first; at != NULL; at = at->next)
        if (at->set.at != NULL && (frame->set >> at->set_place & 1) == 0)
            json_edit_put_set(edit, at);
}

static const char *leave(struct json_edit *edit, const char *at)
{
    if (json_edit_put_frame(edit)->is_object)
        put_missing(edit, json_edit_put_frame(edit));
    json_edit_put(edit, (struct text){at, 1});
    edit->depth--;
    return json_edit_value_over(edit, at + 1);
}

static const char *on_after(struct json_edit *edit, const char *at, const char *end)
{
    at = json_skip_space(at, end);
    if (at == end)
        return at;
    if (*at != ',')
        return leave(edit, at);
    if (json_edit_put_frame(edit)->is_object)
        edit->state = JSON_EDIT_MEMBER;
    else
        begin_item(edit, json_edit_put_frame(edit));
    return at + 1;
}

static const char *on_item(struct json_edit *edit, const char *at, const char *end)
{
    at = json_skip_space(at, end);
    if (at == end)
        return at;
    if (*at == ']')
        return leave(edit, at);
    edit->state = JSON_EDIT_VALUE;
    return at;
}

static const char *on_member(struct json_edit *edit, const char *at, const char *end)
{
    at = json_skip_space(at, end);
    if (at == end)
        return at;
    if (*at == '}')
        return leave(edit, at);
    edit->state = JSON_EDIT_KEY;
    edit->key[0] = '"';
    edit->key_len = 1;
    edit->is_escaped = false;
    return at + 1;
}

static const struct json_edit_node *find(const struct json_edit_node *parent, struct text key)
{
    char decoded[JSON_EDIT_KEY_MOST];
    const struct json_edit_node *at = parent->first;

    if (memchr(key.at, '\\', key.len) != NULL)
        key = json_edit_name_decode(key, decoded);
    while (at != NULL && !text_equal(at->name, key))
        at = at->next;
    return at;
}

/* Decides about a member, whose rules are ${node}. */
static void decide(struct json_edit *edit, const struct json_edit_node *node)
{
    const struct json_edit_frame *frame = json_edit_put_frame(edit);
    bool is_allowed = node != NULL && node->is_allowed;

    edit->node = node;
    edit->filters = frame->filters && !is_allowed;
    edit->is_dropped = edit->filters && (node == NULL || !node->leads_to_allowed);
    if (node == NULL)
        return;
    if (node->set.at != NULL && (frame->set >> node->set_place & 1) == 0)
        json_edit_put_set(edit, node);
    edit->is_dropped = edit->is_dropped || node->is_denied || node->set.at != NULL;
}

/* The name cannot be one of a rule, so it need not be collected any more. */
static void give_up_key(struct json_edit *edit)
{
    decide(edit, NULL);
    edit->state = JSON_EDIT_LONG;
    if (edit->is_dropped)
        return;
    json_edit_put_comma(edit);
    json_edit_put(edit, (struct text){edit->key, edit->key_len});
}

static const char *on_key(struct json_edit *edit, const char *at, const char *end)
{
    size_t left = edit->key_most - edit->key_len;
    const char *until = (size_t)(end - at) > left ? at + left : end;
    const char *after = json_edit_value_string_end(edit, at, until);
    const char *taken = after == NULL ? until : after;

    memcpy(edit->key + edit->key_len, at, (size_t)(taken - at));
    edit->key_len += (size_t)(taken - at);
    if (after != NULL) {
        decide(edit, find(json_edit_put_frame(edit)->node,
                          (struct text){edit->key + 1, edit->key_len - 2}));
        edit->state = JSON_EDIT_COLON;
    } else if (edit->key_len == edit->key_most) {
        give_up_key(edit);
    }
    return taken;
}

static const char *on_long(struct json_edit *edit, const char *at, const char *end)
{
    const char *after = json_edit_value_string_end(edit, at, end);

    json_edit_put_kept(edit, at, after == NULL ? end : after);
    if (after == NULL)
        return end;
    if (!edit->is_dropped)
        json_edit_put(edit, TEXT(":"));
    edit->key_len = 0;
    edit->state = JSON_EDIT_COLON;
    return after;
}

static const char *on_colon(struct json_edit *edit, const char *at, const char *end)
{
    at = json_skip_space(at, end);
    if (at == end)
        return at;
    edit->state = JSON_EDIT_VALUE;
    return at + 1;
}

static const char *on_over(struct json_edit *edit, const char *at, const char *end) { return end; }

/* The whole text. */

static void walk(struct json_edit *edit, const char *at, size_t len)
{
    static const char *(*const steps[])(struct json_edit *, const char *, const char *) = {
        [JSON_EDIT_VALUE] = on_value,
        [JSON_EDIT_SCALAR] = json_edit_value_scalar,
        [JSON_EDIT_STRING] = json_edit_value_string,
        [JSON_EDIT_NESTED] = json_edit_value_nested,
        [JSON_EDIT_AFTER] = on_after,
        [JSON_EDIT_MEMBER] = on_member,
        [JSON_EDIT_KEY] = on_key,
        [JSON_EDIT_LONG] = on_long,
        [JSON_EDIT_COLON] = on_colon,
        [JSON_EDIT_ITEM] = on_item,
        [JSON_EDIT_OVER] = on_over,
    };
    const char *end = at + len;

    while (at < end)
        at = steps[edit->state](edit, at, end);
}

void json_edit_init(struct json_edit *edit, const struct json_edit_rules *rules, unsigned depth_max,
                    void (*out)(void *cookie, struct text bytes), void *cookie)
{
    edit->rules = rules;
    edit->out = out;
    edit->cookie = cookie;
    json_scan_init(&edit->scan, depth_max, false);
    edit->is_empty = true;
    edit->is_broken = false;
    edit->state = JSON_EDIT_VALUE;
    edit->node = &rules->root;
    edit->filters = rules->root.leads_to_allowed;
    edit->is_dropped = edit->is_escaped = edit->in_string = false;
    edit->open = edit->depth = 0;
    edit->key_most = 6 * rules->longest + 2;
    edit->key_len = edit->held = edit->room_len = 0;
    edit->block[0] = ' ';
}

/* Checks ${count} blocks and lets them pass. */
static void take(struct json_edit *edit, const char *bytes, size_t count)
{
    edit->is_broken = edit->is_broken || json_scan_blocks(&edit->scan, bytes, count) != 0;
    if (!edit->is_broken)
        walk(edit, bytes, count * JSON_SCAN_BLOCK);
}

static void hold(struct json_edit *edit, struct text bytes)
{
    memcpy(edit->block + 1 + edit->held, bytes.at, bytes.len);
    edit->held += bytes.len;
}

/* Takes all whole blocks. The first one is put together in ${edit}, so that the byte before it is
 * there; the others are where they are. */
static void take_all(struct json_edit *edit, struct text bytes)
{
    size_t first = JSON_SCAN_BLOCK - edit->held;
    size_t more = (bytes.len - first) / JSON_SCAN_BLOCK * JSON_SCAN_BLOCK;
    const char *rest = bytes.at + first + more;

    hold(edit, (struct text){bytes.at, first});
    take(edit, edit->block + 1, 1);
    if (more > 0)
        take(edit, bytes.at + first, more / JSON_SCAN_BLOCK);
    edit->block[0] = rest[-1];
    edit->held = 0;
    hold(edit, (struct text){rest, bytes.len - first - more});
}

int json_edit_more(struct json_edit *edit, struct text bytes)
{
    if (edit->is_broken)
        return -1;
    if (bytes.len == 0)
        return 0;
    edit->is_empty = false;
    if (bytes.len < JSON_SCAN_BLOCK - edit->held)
        hold(edit, bytes);
    else
        take_all(edit, bytes);
    if (!edit->is_broken)
        json_edit_put_flush(edit);
    return edit->is_broken ? -1 : 0;
}

int json_edit_end(struct json_edit *edit)
{
    edit->is_broken =
        edit->is_broken || json_scan_blocks_end(&edit->scan, edit->block + 1, edit->held) != 0;
    if (edit->is_broken)
        return -1;
    walk(edit, edit->block + 1, edit->held);
    if (edit->is_broken)
        return -1;
    json_edit_put_flush(edit);
    return 0;
}
