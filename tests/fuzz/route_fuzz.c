/*
 * Uses any bytes as the path of a composite. It checks the route that is found, its parameters, and
 * the target of the call that is made from them. When the service splits this target, it must get
 * exactly the segments and the query that the composite describes, and each must have the value of
 * its parameter.
 */
#include "bff/base/percent.h"
#include "bff/compose/ask.h"
#include "bff/compose/plan_make.h"
#include "bff/http/route.h"

#include "tests/fuzz/chance.h"
#include "tests/fuzz/path_levels.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define ROUTE(method_, count_, ...)                                                                \
    {                                                                                              \
        .method = T(method_), .segments = (const struct text[]){__VA_ARGS__},                      \
        .segment_count = count_                                                                    \
    }

static const struct route routes[] = {
    ROUTE("GET", 3, T("api"), T("things"), T(":a")),
    ROUTE("GET", 3, T("api"), T("things"), T("new")),
    ROUTE("POST", 3, T("api"), T("things"), T(":a")),
    ROUTE("GET", 4, T("api"), T(":a"), T("parts"), T(":b")),
    ROUTE("GET", 4, T("api"), T("things"), T(":a"), T(":b")),
    ROUTE("GET", 2, T("api"), T("")),
    ROUTE("GET", 1, T(":a")),
};

static const struct bff_service service = {.name = "things"};

static struct pool *pool; /* of the input under work */

/* The path as everybody reads it: split at each '/', every segment decoded once. */

#define SEGMENTS_MOST (ROUTE_SEGMENTS_MAX + 1)

struct segments {
    struct text rows[SEGMENTS_MOST]; /* absent: wrongly encoded */
    size_t count;
};

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    return found == NULL ? -1 : (int)(found - digits) % 16;
}

static struct text decoded(struct text text)
{
    char *out = pool_take(pool, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '%') {
            out[len++] = text.at[i];
            continue;
        }
        if (i + 2 >= text.len || hex(text.at[i + 1]) < 0 || hex(text.at[i + 2]) < 0)
            return (struct text){0};
        out[len++] = (char)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2]));
        i += 2;
    }
    return (struct text){out, len};
}

/* Stops at one segment more than any route has. */
static struct segments split(struct text path)
{
    struct segments segments = {.count = 0};

    text_cut(&path, '/');
    while (path.at != NULL && segments.count < SEGMENTS_MOST)
        segments.rows[segments.count++] = decoded(text_cut(&path, '/'));
    return segments;
}

static bool is_parameter(struct text text) { return text.len > 0 && text.at[0] == ':'; }

static bool fits(const struct route *route, const struct segments *segments)
{
    bool fits = route->segment_count == segments->count;

    for (size_t i = 0; fits && i < segments->count; i++) {
        struct text want = route->segments[i], got = segments->rows[i];
        fits = is_parameter(want) ? got.at == NULL || got.len > 0
                                  : got.at != NULL && text_equal(got, want);
    }
    return fits;
}

/* Of two that fit, the one with literal text where they first differ. */
static const struct route *closer(const struct route *a, const struct route *b)
{
    for (size_t i = 0; b != NULL && i < a->segment_count; i++)
        if (is_parameter(a->segments[i]) != is_parameter(b->segments[i]))
            return is_parameter(a->segments[i]) ? b : a;
    return b == NULL ? a : b;
}

static bool may_be_parameter(struct text text)
{
    if (text.at == NULL || text.len > 256 || path_levels_have_dots(pool, text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return text_is_utf8(text);
}

static enum route_result expected(struct text method, const struct segments *segments,
                                  const struct route **found)
{
    bool is_known = false;

    *found = NULL;
    for (size_t i = 0; i < COUNT(routes); i++) {
        if (!fits(&routes[i], segments))
            continue;
        is_known = true;
        if (text_equal(routes[i].method, method))
            *found = closer(&routes[i], *found);
    }
    if (*found == NULL)
        return is_known ? ROUTE_OTHER_METHOD : ROUTE_NONE;
    for (size_t i = 0; i < segments->count; i++)
        if (is_parameter((*found)->segments[i]) && !may_be_parameter(segments->rows[i]))
            return ROUTE_BAD_PARAMETER;
    return ROUTE_FOUND;
}

/* What a service is asked. */

static struct text value; /* under work: a parameter, or what another service sent */

static void describe(struct bff_ask *ask)
{
    ask_get(ask, &service, "/things");
    ask_segment(ask, value);
    ask_segment(ask, TEXT("of"));
    ask_segment(ask, value);
    ask_query(ask, "q", value);
    ask_query_number(ask, "limit", 5);
}

static struct text no_header(void *cookie, const char *name) { return (struct text){0}; }
static struct json no_value(void *cookie, int part) { return (struct json){0}; }

static const struct plan *plan_of_things(void)
{
    static const struct bff_part parts[] = {{.name = "things", .ask = describe}, {0}};
    static const struct bff_composite page = {
        .route = "GET /api/things/:a", .access = BFF_PUBLIC, .parts = BFF_TABLE(parts)};
    char error[256];

    value = TEXT("1");
    const struct plan *plan = plan_make(pool, &page, error, sizeof(error));
    must(plan != NULL);
    return plan;
}

static void check_encoded(struct text text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '%') {
            must(text.at[i] != '\0' && strchr(plain, text.at[i]) != NULL);
            continue;
        }
        must(i + 2 < text.len && hex(text.at[i + 1]) >= 0 && hex(text.at[i + 2]) >= 0);
        i += 2;
    }
}

/* The next piece of ${*rest} up to ${end} means ${want}. */
static void check_piece(struct text *rest, char end, struct text want)
{
    struct text piece = text_cut(rest, end);

    check_encoded(piece);
    must(text_equal(decoded(piece), want));
}

static void check_target(struct text target)
{
    struct text query = target, path = text_cut(&query, '?');

    must(text_starts(path, TEXT("/")));
    text_cut(&path, '/');
    check_piece(&path, '/', TEXT("things"));
    check_piece(&path, '/', value);
    check_piece(&path, '/', TEXT("of"));
    check_piece(&path, '/', value);
    must(path.at == NULL);
    check_piece(&query, '=', TEXT("q"));
    check_piece(&query, '&', value);
    must(text_is(query, "limit=5"));
}

static void check_ask(struct text text)
{
    const struct plan *plan = plan_of_things();
    struct ask_room room = {0};
    struct bff_ask ask = {
        .plan = plan,
        .pool = pool,
        .params = &text,
        .headers = TEXT(""),
        .client_header = no_header,
        .value = no_value,
        .room = &room,
    };

    value = text;
    ask_run(&ask);
    must(ask.count == 1 && !ask.is_too_many);
    must(ask.calls[0].is_skipped == (!may_be_parameter(text) || text.len == 0));
    if (!ask.calls[0].is_skipped)
        check_target(ask.calls[0].target);
}

/* All of it. */

static void check_method(struct text method, struct text path, const struct segments *segments)
{
    const struct route *want;
    struct route_match match;
    enum route_result result = expected(method, segments, &want);
    size_t params = 0;

    must(route_find(routes, COUNT(routes), pool, method, path, &match) == result);
    must((match.allow.len > 0) == (result == ROUTE_OTHER_METHOD));
    if (result != ROUTE_FOUND)
        return;
    must(match.route == want);
    for (size_t i = 0; i < segments->count; i++) {
        if (!is_parameter(want->segments[i]))
            continue;
        must(text_equal(match.params[params], segments->rows[i]));
        check_ask(match.params[params++]);
    }
}

static void check_percent(struct text text)
{
    char *bytes = pool_take(pool, PERCENT_ENCODED_MAX(text.len) + 1);
    struct text encoded = {bytes, percent_encode(bytes, text)}, back, want = decoded(text), got;

    must(encoded.len <= PERCENT_ENCODED_MAX(text.len));
    check_encoded(encoded);
    must(percent_decode(pool, encoded, &back) == 0 && text_equal(back, text));
    must((percent_decode(pool, text, &got) == 0) == (want.at != NULL));
    must(want.at == NULL || text_equal(got, want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = chance_copy(data, size);
    struct text path = {bytes, size};

    pool = pool_new();
    struct segments segments = split(path);
    check_method(TEXT("GET"), path, &segments);
    check_method(TEXT("POST"), path, &segments);
    check_method(TEXT("PUT"), path, &segments);
    check_percent(path);
    check_ask(path);
    pool_free(pool);
    free(bytes);
    return 0;
}
