/* See cache_purge.h. */
#include "bff/cache/cache_path.h"
#include "bff/cache/cache_purge.h"

#define DEPTH_MAX 4

static const char *const names[] = {
    [CACHE_PURGE_PATH] = "path",
    [CACHE_PURGE_PREFIX] = "prefix",
    [CACHE_PURGE_TAG] = "tag",
    [CACHE_PURGE_ALL] = "all",
};

#define COUNT (sizeof(names) / sizeof(names[0]))
#define EXPECTED "expected an object with exactly one of path, prefix, tag and all"

const char *cache_purge_name(enum cache_purge_kind kind) { return names[kind]; }

/* True when all bytes are visible ASCII. Other bytes of a path are percent-encoded. */
static bool is_visible(struct text text)
{
    return text.len > 0 && text.len <= CACHE_PURGE_MOST && text_is_visible(text);
}

static const char *path_check(struct text path)
{
    if (!is_visible(path) || path.at[0] != '/')
        return "a path begins with / and is visible ASCII, at most 8192 bytes";
    if (memchr(path.at, '?', path.len) != NULL || memchr(path.at, '#', path.len) != NULL)
        return "a path ends before ? and #; it is purged with every query";
    return NULL;
}

const char *cache_purge_check(enum cache_purge_kind kind, struct text what)
{
    if (kind == CACHE_PURGE_PATH || kind == CACHE_PURGE_PREFIX)
        return path_check(what);
    if (kind == CACHE_PURGE_TAG && (!is_visible(what) || memchr(what.at, ',', what.len) != NULL))
        return "a tag is visible ASCII without commas and blanks, at most 8192 bytes";
    return NULL;
}

/* Finds the only member. Returns false if there is none, or several. */
static bool only_member(struct json object, struct text *key, struct json *value)
{
    struct json_walk walk = json_walk(object);
    struct json more;

    if (!json_is(object, JSON_OBJECT) || !json_walk_next(&walk, value))
        return false;
    *key = walk.key;
    return !json_walk_next(&walk, &more);
}

static bool kind_of(struct text key, enum cache_purge_kind *out)
{
    for (size_t i = 0; i < COUNT; i++)
        if (json_key_is(key, names[i])) {
            *out = (enum cache_purge_kind)i;
            return true;
        }
    return false;
}

const char *cache_purge_read(struct pool *pool, struct text json, struct cache_purge *out)
{
    struct cache_purge read = {.kind = CACHE_PURGE_ALL};
    struct json value;
    struct text key;

    if (!json_scan_accepts(json.at, json.len, DEPTH_MAX))
        return "the body is no JSON";
    if (!only_member(json_of(json), &key, &value) || !kind_of(key, &read.kind))
        return EXPECTED;
    if (read.kind == CACHE_PURGE_ALL && !json_is(value, JSON_TRUE))
        return "all must be true";
    if (read.kind != CACHE_PURGE_ALL && !json_is(value, JSON_STRING))
        return "path, prefix and tag are strings";
    if (read.kind != CACHE_PURGE_ALL)
        read.what = json_text(value, pool);
    const char *words = cache_purge_check(read.kind, read.what);
    if (read.kind == CACHE_PURGE_PATH || read.kind == CACHE_PURGE_PREFIX)
        read.what = cache_path(pool, read.what);
    if (words == NULL)
        *out = read;
    return words;
}

void cache_purge_print(struct json_print *out, const struct cache_purge *purge)
{
    json_print_raw(out, TEXT("{"));
    json_print_key(out, names[purge->kind]);
    if (purge->kind == CACHE_PURGE_ALL)
        json_print_bool(out, true);
    else
        json_print_string(out, purge->what);
    json_print_raw(out, TEXT("}"));
}

void cache_purge_apply(struct cache *cache, const struct cache_purge *purge)
{
    switch (purge->kind) {
    case CACHE_PURGE_PATH:
        cache_invalidate_path(cache, purge->what);
        break;
    case CACHE_PURGE_PREFIX:
        cache_invalidate_prefix(cache, purge->what);
        break;
    case CACHE_PURGE_TAG:
        cache_invalidate_tag(cache, purge->what);
        break;
    case CACHE_PURGE_ALL:
        cache_invalidate_all(cache);
        break;
    }
}
