/*
 * Redacts any bytes. Valid JSON stays valid JSON of the same form: a member of a simple list of
 * names has the value "[redacted]", and all that has no sign of a secret is unchanged. Nothing that
 * comes out looks like a signed token. The first line is one more name.
 */
#include <ctype.h>
#include <stdint.h>

#include "bff/json/json.h"
#include "bff/json/json_redact.h"
#include "bff/json/json_scan.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/json_tree.h"

#define TEXT_MOST 8192
#define HIDDEN "\"[redacted]\""

static const char *const words[] = {"password", "token", "accesstoken", "sid", "xapikey", "code"};

static struct text own; /* the name of the input, without what does not count */

static struct text simple(struct pool *pool, struct text name)
{
    char *out = pool_take(pool, name.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] != '-' && name.at[i] != '_')
            out[len++] = (char)tolower((unsigned char)name.at[i]);
    return (struct text){out, len};
}

static bool is_listed(struct pool *pool, struct text key)
{
    struct text name = simple(pool, json_key_text(key, pool));
    bool is = own.len > 0 && own.len <= 64 && text_equal(name, own);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        is = is || text_is(name, words[i]);
    return is;
}

/* True when ${text} may have a secret that is not a member of its own. */
static bool is_suspicious(struct text text)
{
    return memchr(text.at, '=', text.len) != NULL || memchr(text.at, ':', text.len) != NULL ||
           memmem(text.at, text.len, "eyJ", 3) != NULL || memchr(text.at, '%', text.len) != NULL ||
           memchr(text.at, '\\', text.len) != NULL ||
           memmem(text.at, text.len, "rer ", 4) != NULL ||
           memmem(text.at, text.len, "RER ", 4) != NULL;
}

static void check_no_token(struct text text)
{
    for (size_t i = 0; i + 3 <= text.len; i++) {
        size_t dots = 0;
        if (memcmp(text.at + i, "eyJ", 3) != 0)
            continue;
        for (size_t at = i; at < text.len; at++) {
            unsigned char c = (unsigned char)text.at[at];
            if (!isalnum(c) && c != '-' && c != '_' && c != '.')
                break;
            dots += c == '.';
        }
        must(dots < 2);
    }
}

static void check_tree(struct pool *pool, const struct tree *was, const struct tree *is)
{
    const struct tree *got = is->first;

    if (was->first == NULL) {
        must(was->count == is->count);
        must(text_equal(was->raw, is->raw) || (is->raw.at[0] == '"' && is_suspicious(was->raw)) ||
             was->raw.at[0] == '{' || was->raw.at[0] == '[');
        return;
    }
    must(was->count == is->count);
    for (const struct tree *at = was->first; at != NULL; at = at->next, got = got->next) {
        must(text_equal(at->key, got->key) || is_suspicious(at->key));
        if (at->key.at != NULL && is_listed(pool, at->key))
            must(text_is(got->raw, HIDDEN));
        else if (!text_is(got->raw, HIDDEN))
            check_tree(pool, at, got);
    }
}

static void check_json(struct pool *pool, struct text text, struct text got)
{
    struct tree_reader was = {pool, text.at, text.at + text.len};
    struct tree_reader is = {pool, got.at, got.at + got.len};

    must(json_scan_accepts(got.at, got.len, JSON_DEPTH_MAX));
    tree_space(&was);
    tree_space(&is);
    check_tree(pool, tree_value(&was), tree_value(&is));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct text rest = {(const char *)data, size < TEXT_MOST ? size : TEXT_MOST};
    struct text name = text_cut(&rest, '\n');
    const struct json_redact *redact = json_redact_new(pool, &name, 1);
    char *copy = chance_copy(rest.at, rest.len);
    struct text text = {copy, rest.len}, got = json_redact_body(redact, text, pool);

    own = simple(pool, name);
    if (json_scan_accepts(text.at, text.len, 60))
        check_json(pool, text, got);
    check_no_token(got);
    check_no_token(json_redact_text(redact, text, pool));
    check_no_token(json_redact_target(redact, text, pool));
    free(copy);
    pool_free(pool);
    return 0;
}
