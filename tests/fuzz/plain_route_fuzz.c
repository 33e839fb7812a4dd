/*
 * Uses any bytes as the target of a plain route. The normalised path must be equal to the result of
 * a simple algorithm on a list of segments. The longest matching route must be found. The target
 * for the service must stay below the route's path at the service, however the service resolves it:
 * no reader may find dot segments in it.
 */
#include <stdio.h>

#include "bff/http/target.h"
#include "bff/proxy/plain_route.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/path_levels.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static struct text get[] = {T("GET"), {0}};

static struct plain_route rows[] = {
    {.path = T("/api/users/"), .to = T("/users/")},
    {.path = T("/api/users/me"), .to = T("/own/profile")},
    {.path = T("/api/products"), .to = T("/products")},
    {.path = T("/api/products/"), .to = T("/products/")},
    {.path = T("/api/auth/"), .to = T("/")},
    {.path = T("/kept/")},
    {.path = T("/kept/read/"), .methods = get},
    {.path = T("/caf%C3%A9/"), .to = T("/%2F/")},
    {.path = T("/for/"), .host = T("shop.example"), .to = T("/shop/")},
    {.path = T("/for/"), .header = {T("x-kind"), T("b")}, .to = T("/b/")},
};

static const struct plain_routes routes = {rows, COUNT(rows)};

static struct pool *pool; /* of the input under work */

/* The path as a list of segments. */

#define SEGMENTS_MOST 1024

struct segments {
    struct text rows[SEGMENTS_MOST];
    size_t count;
};

static bool is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c > 0 && strchr("-._~", c) != NULL);
}

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    return found == NULL ? -1 : (int)(found - digits) % 16;
}

/* Absent when it is wrongly encoded. */
static struct text spelt(struct text raw)
{
    char *out = pool_take(pool, raw.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] != '%') {
            out[len++] = raw.at[i];
            continue;
        }
        if (i + 2 >= raw.len || hex(raw.at[i + 1]) < 0 || hex(raw.at[i + 2]) < 0)
            return (struct text){0};
        int byte = hex(raw.at[i + 1]) * 16 + hex(raw.at[i + 2]);
        if (is_unreserved(byte))
            out[len++] = (char)byte;
        else
            len += (size_t)sprintf(out + len, "%%%02X", (unsigned)byte);
        i += 2;
    }
    return (struct text){out, len};
}

/* Returns -1 where a path must be refused. The last segment is empty behind a '/'. */
static int resolve(struct text path, struct segments *out)
{
    out->count = 0;
    text_cut(&path, '/');
    while (path.at != NULL) {
        struct text segment = spelt(text_cut(&path, '/'));
        bool is_up = text_is(segment, "..");
        if (segment.at == NULL || (is_up && out->count == 0))
            return -1;
        out->count -= is_up;
        if (!is_up && !text_is(segment, "."))
            out->rows[out->count++] = segment;
        else if (path.at == NULL)
            out->rows[out->count++] = TEXT("");
    }
    return 0;
}

static struct text join(const struct segments *segments)
{
    struct text path = TEXT("");

    for (size_t i = 0; i < segments->count; i++)
        path = pool_print(pool, "%.*s/%.*s", TEXT_ARGS(path), TEXT_ARGS(segments->rows[i]));
    return path;
}

/* Finding. */

struct client {
    struct text method, host, kind; /* kind: of the field x-kind; absent: none */
};

static bool has_field(void *cookie, const struct plain_field *field)
{
    must(text_is(field->name, "x-kind"));
    return text_equal(field->value, ((const struct client *)cookie)->kind);
}

static bool fits(const struct plain_route *row, const struct client *client, struct text path)
{
    bool is_prefix = row->path.at[row->path.len - 1] == '/';

    if (row->host.at != NULL && !text_equal(row->host, client->host))
        return false;
    if (row->header.name.at != NULL && !text_equal(row->header.value, client->kind))
        return false;
    return is_prefix ? text_starts(path, row->path) : text_equal(path, row->path);
}

static const struct plain_route *expected(const struct client *client, struct text path)
{
    const struct plain_route *found = NULL;

    for (size_t i = 0; i < COUNT(rows); i++) {
        bool is_allowed = rows[i].methods == NULL || text_is(client->method, "GET");
        if (fits(&rows[i], client, path) && is_allowed &&
            (found == NULL || rows[i].path.len > found->path.len))
            found = &rows[i];
    }
    return found;
}

/* What the service is asked for. */
static void check_target(const struct plain_route *row, struct text path, struct text query)
{
    struct text target = plain_route_target(pool, row, path, query);
    struct target asked = target_of_path(target);
    struct text resolved, tail = {path.at + row->path.len, path.len - row->path.len};
    struct text own = row->to.at == NULL ? row->path : row->to;

    must(target_is_clean(target));
    must(text_equal(asked.query, query) && (asked.query.at == NULL) == (query.at == NULL));
    must(asked.path.len == own.len + tail.len && text_starts(asked.path, own));
    must(text_equal((struct text){asked.path.at + own.len, tail.len}, tail));
    must(!path_levels_have_dots(pool, asked.path));
    must(plain_path(pool, asked.path, &resolved) == 0 && text_equal(resolved, asked.path));
}

static void check_client(const struct client *client, struct text path, struct text query)
{
    struct plain_question question = {.method = client->method,
                                      .path = path,
                                      .query = query,
                                      .host = client->host,
                                      .has_field = has_field,
                                      .cookie = (void *)client};
    const struct plain_route *want = expected(client, path), *found;
    struct text allow;
    enum plain_result result = plain_route_find(&routes, &question, pool, &found, &allow);

    must(found == want && (result == PLAIN_FOUND) == (want != NULL));
    must(result != PLAIN_OTHER_METHOD || allow.len > 0);
    if (found != NULL)
        check_target(found, path, query);
}

static void check_path(struct text raw, struct text query)
{
    static const struct client clients[] = {
        {T("GET"), T("localhost"), {0}},
        {T("POST"), T("shop.example"), T("a")},
        {T("PUT"), T("localhost"), T("b")},
    };
    struct segments segments;
    struct text path, again;
    bool is_good = plain_path(pool, raw, &path) == 0;

    bool is_resolved = resolve(raw, &segments) == 0;
    must(is_good == (is_resolved && !path_levels_have_dots(pool, join(&segments))));
    if (!is_good)
        return;
    must(text_equal(join(&segments), path));
    must(plain_path(pool, path, &again) == 0 && text_equal(again, path));
    for (size_t i = 0; i < COUNT(clients); i++)
        check_client(&clients[i], path, query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SEGMENTS_MOST)
        return 0;
    char *bytes = chance_copy(data, size);
    struct target target = target_of((struct text){bytes, size});

    pool = pool_new();
    /* The door lets nothing else through. */
    if (text_starts(target.path, TEXT("/")) && target_is_clean(target.path) &&
        target_is_clean(target.query))
        check_path(target.path, target.query);
    pool_free(pool);
    free(bytes);
    return 0;
}
