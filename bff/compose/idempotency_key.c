/* See idempotency_key.h. Texts are hashed with their lengths, so no two lists of texts are the same
 * bytes. */
#include "bff/base/text_builder.h"
#include "bff/compose/idempotency_key.h"

#define PART_BYTES 16 /* of a hash */

/* Reading. */

static bool is_bare(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr("\"\\,;", text.at[i]) != NULL)
            return false;
    return text_is_visible(text);
}

/* Reads what stands between the quotation marks. A backslash escapes a quotation mark or another
 * backslash, and nothing else. */
static struct text read_string(struct text inner, struct pool *pool)
{
    char *out = pool_take(pool, inner.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < inner.len; i++) {
        char c = inner.at[i];
        if (c < ' ' || c > '~' || c == '"')
            return (struct text){0};
        if (c == '\\') {
            c = ++i < inner.len ? inner.at[i] : '\0';
            if (c != '"' && c != '\\')
                return (struct text){0};
        }
        out[len++] = c;
    }
    return (struct text){out, len};
}

struct text idempotency_key_read(struct text value, struct pool *pool)
{
    struct text key = {0};

    value = text_trim(value);
    if (value.len >= 2 && value.at[0] == '"' && text_ends(value, '"'))
        key = read_string((struct text){value.at + 1, value.len - 2}, pool);
    else if (is_bare(value))
        key = value;
    return key.len == 0 || key.len > IDEMPOTENCY_KEY_MOST ? (struct text){0} : key;
}

/* Hashing. */

static void put(struct text_builder *out, struct text text)
{
    text_builder_add(out, text.at == NULL ? TEXT("-") : TEXT("+"));
    text_builder_size(out, text.len);
    text_builder_add(out, TEXT(":"));
    text_builder_add(out, text);
}

static void end(struct text_builder *out, unsigned char hash[SHA256_BYTES])
{
    sha256_of(text_builder_text(out), hash);
    text_builder_free(out);
}

void idempotency_key_hash(const struct idempotency_key_scope *scope,
                          unsigned char out[SHA256_BYTES])
{
    struct text_builder all = {0};

    put(&all, scope->server);
    put(&all, scope->route);
    put(&all, scope->user);
    put(&all, scope->client);
    put(&all, scope->key);
    end(&all, out);
}

void idempotency_key_print(const struct idempotency_key_request *request,
                           unsigned char out[SHA256_BYTES])
{
    struct text_builder all = {0};

    put(&all, request->method);
    put(&all, request->path);
    put(&all, request->query);
    put(&all, request->authorization);
    put(&all, request->cookie);
    put(&all, request->caller);
    put(&all, request->body);
    end(&all, out);
}

struct text idempotency_key_for_part(const unsigned char hash[SHA256_BYTES], struct text part,
                                     bool is_undo, char out[IDEMPOTENCY_KEY_PART_BYTES])
{
    unsigned char own[SHA256_BYTES];
    struct text_builder all = {0};

    put(&all, (struct text){(const char *)hash, SHA256_BYTES});
    put(&all, part);
    put(&all, is_undo ? TEXT("undo") : (struct text){0});
    end(&all, own);
    out[0] = '"';
    text_hex(out + 1, own, PART_BYTES);
    out[IDEMPOTENCY_KEY_PART_BYTES - 1] = '"';
    return (struct text){out, IDEMPOTENCY_KEY_PART_BYTES};
}
