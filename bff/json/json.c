/* See json.h. */
#include <stdlib.h>
#include <string.h>

#include "bff/json/json_skip.h"
#include "bff/json/json_unescape.h"
#include "bff/base/memory.h"
#include "bff/json/json.h"

#define NUMBER_ON_STACK 64 /* digits of a number that strtod can read without an allocation */

static struct json value_at(const char *at, const char *end)
{
    return (struct json){.at = at, .len = (size_t)(json_skip_value(at, end) - at)};
}

struct json json_of(struct text text)
{
    if (text.at == NULL)
        return (struct json){0};

    const char *end = text.at + text.len, *at = json_skip_space(text.at, end);
    while (end > at && json_skip_is_space(end[-1]))
        end--;
    if (at == end)
        return (struct json){0};
    return (struct json){.at = at, .len = (size_t)(end - at)};
}

struct json json_scanned(struct text text, const struct json_scan *scan)
{
    struct json value = json_of(text);

    if (scan->keep_slices) {
        value.slices = &scan->slices;
        value.base = text.at;
    }
    return value;
}

enum json_kind json_kind(struct json value)
{
    if (value.at == NULL || value.len == 0)
        return JSON_NONE;
    switch (value.at[0]) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return JSON_NUMBER;
    }
}

/* Walks. */

static bool is_container(struct json value)
{
    enum json_kind kind = json_kind(value);

    return kind == JSON_OBJECT || kind == JSON_ARRAY;
}

struct json_walk json_walk(struct json container)
{
    struct json_walk walk = {0};

    if (is_container(container)) {
        walk.of = container;
        walk.next = container.slices == NULL ? 1 : 0;
    }
    return walk;
}

static bool walk_slices(struct json_walk *walk, struct json *child)
{
    const struct json_slices *slices = walk->of.slices;

    if (walk->next >= slices->count)
        return false;
    const struct json_slice *slice = &slices->rows[walk->next++];
    walk->key = (struct text){walk->of.base + slice->key_at, slice->key_len};
    *child = (struct json){.at = walk->of.base + slice->at, .len = slice->len};
    return true;
}

static bool walk_text(struct json_walk *walk, struct json *child)
{
    const char *end = walk->of.at + walk->of.len;
    const char *at = json_skip_space(walk->of.at + walk->next, end);

    if (*at == ',')
        at = json_skip_space(at + 1, end);
    if (*at == '}' || *at == ']')
        return false;
    walk->key = (struct text){at, 0};
    if (walk->of.at[0] == '{') {
        const char *key_end = json_skip_string(at, end);
        walk->key = (struct text){at + 1, (size_t)(key_end - at) - 2};
        at = json_skip_space(json_skip_space(key_end, end) + 1, end);
    }
    *child = value_at(at, end);
    walk->next = (size_t)(at - walk->of.at) + child->len;
    return true;
}

bool json_walk_next(struct json_walk *walk, struct json *child)
{
    *child = (struct json){0};
    if (walk->of.at == NULL)
        return false;
    return walk->of.slices != NULL ? walk_slices(walk, child) : walk_text(walk, child);
}

size_t json_length(struct json array)
{
    size_t length = 0;

    if (!json_is(array, JSON_ARRAY))
        return 0;
    if (array.slices != NULL)
        return array.slices->count;
    json_each (item, array)
        length++;
    return length;
}

static struct json slice_of(struct json container, size_t i)
{
    const struct json_slice *slice = &container.slices->rows[i];

    return (struct json){.at = container.base + slice->at, .len = slice->len};
}

struct json json_item(struct json array, size_t place)
{
    if (!json_is(array, JSON_ARRAY))
        return (struct json){0};
    if (array.slices != NULL)
        return place < array.slices->count ? slice_of(array, place) : (struct json){0};
    json_each (item, array) {
        if (place-- == 0)
            return item;
    }
    return (struct json){0};
}

/* Members. */

/* With the quotes around it, a key is a JSON string. */
struct text json_key_text(struct text key, struct pool *pool)
{
    return json_text((struct json){.at = key.at - 1, .len = key.len + 2}, pool);
}

static bool decoded_means(struct text key, struct text name)
{
    struct pool *pool = pool_new();
    bool is_equal = text_equal(json_unescape(key, pool), name);

    pool_free(pool);
    return is_equal;
}

static int hex_value(char digit) { return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10; }

/* Returns the ASCII character that the escape at ${at} means; -1: it means another character. */
static int ascii_of(const char *at, size_t *len)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

    *len = at[1] == 'u' ? 6 : 2;
    if (at[1] != 'u')
        return meant[strchr(letters, at[1]) - letters];
    if (at[2] != '0' || at[3] != '0' || at[4] > '7')
        return -1;
    return hex_value(at[4]) * 16 + hex_value(at[5]);
}

/* A client may send many keys with escapes, and decoding takes long. So it is only done where the
 * name has a character that is not ASCII. */
static bool key_means(struct text key, struct text name)
{
    size_t at = 0, same = 0, len;

    while (at < key.len && same < name.len) {
        int is = (unsigned char)key.at[at], wanted = (unsigned char)name.at[same];
        len = 1;
        if (is == '\\')
            is = ascii_of(key.at + at, &len);
        if (is < 0 && wanted >= 0x80)
            return decoded_means(key, name);
        if (is != wanted)
            return false;
        at += len;
        same++;
    }
    return at == key.len && same == name.len;
}

bool json_key_is(struct text key, const char *name) { return key_means(key, text_of(name)); }

/* The last member of the name counts, so the index is read from its end. */
static struct json get_in_slices(struct json object, struct text name)
{
    const struct json_slices *slices = object.slices;

    for (size_t i = slices->count; i > 0; i--) {
        const struct json_slice *slice = &slices->rows[i - 1];
        if (key_means((struct text){object.base + slice->key_at, slice->key_len}, name))
            return slice_of(object, i - 1);
    }
    return (struct json){0};
}

static struct json get_text(struct json object, struct text name)
{
    struct json found = {0}, child;

    if (!json_is(object, JSON_OBJECT))
        return found;
    if (object.slices != NULL)
        return get_in_slices(object, name);
    for (struct json_walk walk = json_walk(object); json_walk_next(&walk, &child);) {
        if (key_means(walk.key, name))
            found = child;
    }
    return found;
}

struct json json_get(struct json object, const char *name)
{
    return get_text(object, text_of(name));
}

struct json json_path(struct json object, const char *path)
{
    struct text rest = text_of(path);

    while (rest.at != NULL)
        object = get_text(object, text_cut(&rest, '.'));
    return object;
}

/* Scalars. */

bool json_double(struct json value, double *out)
{
    char digits[NUMBER_ON_STACK], *all = digits;

    if (!json_is(value, JSON_NUMBER))
        return false;
    if (value.len >= sizeof(digits))
        all = memory_new(value.len + 1);
    memcpy(all, value.at, value.len);
    all[value.len] = '\0';
    *out = strtod(all, NULL);
    if (all != digits)
        memory_free(all);
    return true;
}

struct text json_text(struct json value, struct pool *pool)
{
    enum json_kind kind = json_kind(value);

    if (kind == JSON_NUMBER)
        return json_raw(value);
    if (kind != JSON_STRING)
        return (struct text){0};
    struct text inside = {value.at + 1, value.len - 2};
    if (inside.len == 0 || memchr(inside.at, '\\', inside.len) == NULL)
        return inside;
    return json_unescape(inside, pool);
}
