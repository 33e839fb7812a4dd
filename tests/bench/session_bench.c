/* Measures the processor time of a session in a sealed cookie: reading the field Cookie, opening
 * the session and making the value of Authorization; and of sealing it. This is a benchmark and not
 * a test: build it with -O2. */
#include <stdio.h>
#include <time.h>

#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/session/session_cookie.h"
#include "bff/session/session_settings.h"
#include "bff/session/session_store.h"

#define NOW 1700000000
#define TIMES 5000
#define RUNS 10

static const struct session_cookie cookie = {{"__Host-bff", 10}, true, SESSION_LAX};
static struct session_store *store;

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

/* A session whose tokens have ${bytes} bytes together. */
static struct session session_of(size_t bytes, struct pool *pool)
{
    char *token = pool_take(pool, bytes);

    memset(token, 'a', bytes);
    return (struct session){
        .id = session_new_id(pool),
        .user = TEXT("a1b2c3d4"),
        .roles = TEXT("customer"),
        .access = {token, bytes},
        .access_until_s = NOW + 3600,
        .began_s = NOW,
        .seen_s = NOW,
    };
}

static struct session_store_call call_in(struct pool *pool)
{
    return (struct session_store_call){.pool = pool, .cookie_name = cookie.name, .now_s = NOW};
}

static struct session_cookie_lines lines_of(const struct session *session, struct pool *pool)
{
    struct session_store_call call = call_in(pool);
    struct session_cookie_lines lines;

    must(session_store_save(store, &call, session, SESSION_STORE_NEW) == SESSION_STORE_OK &&
         session_cookie_set(&cookie, call.value, 0, pool, &lines) == 0);
    return lines;
}

static struct text field_of(const struct session *session, struct pool *pool)
{
    struct session_cookie_lines lines = lines_of(session, pool);
    struct text field = TEXT("theme=dark");

    for (size_t i = 0; i < lines.count; i++) {
        struct text rest = lines.rows[i], pair = text_cut(&rest, ';');
        field = pool_print(pool, "%.*s; %.*s", TEXT_ARGS(field), TEXT_ARGS(pair));
    }
    return field;
}

static void open_once(struct text field)
{
    struct pool *pool = pool_new();
    struct session_store_call call = call_in(pool);
    struct session_cookies cookies;
    struct text_builder bearer;

    session_cookie_read(&cookie, field, pool, &cookies);
    must(session_store_load(store, &call, cookies.value) == SESSION_STORE_OK);
    text_builder_init(&bearer, pool, call.session.access.len + 7);
    text_builder_add(&bearer, TEXT("Bearer "));
    text_builder_add(&bearer, call.session.access);
    pool_free(pool);
}

static void seal_once(const struct session *session)
{
    struct pool *pool = pool_new();

    lines_of(session, pool);
    pool_free(pool);
}

/* The best of some runs, in microseconds. */
static double cost(const struct session *session, struct text field)
{
    double best = 1e9;

    for (int run = 0; run < RUNS; run++) {
        double begin = now_us();
        for (int i = 0; i < TIMES; i++) {
            if (field.at != NULL)
                open_once(field);
            else
                seal_once(session);
        }
        double each = (now_us() - begin) / TIMES;
        best = each < best ? each : best;
    }
    return best;
}

int main(void)
{
    static const size_t sizes[] = {300, 1000, 3000, 8000};
    struct text key = TEXT("a key of the benchmark, 32 bytes long");
    const struct session_settings settings = {
        .keys = &key, .key_count = 1, .idle_s = 1800, .absolute_s = 43200, .max_bytes = 65536};
    struct pool *pool = pool_new();

    store = session_store_new(&settings);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct session session = session_of(sizes[i], pool);
        struct text field = field_of(&session, pool);
        printf("tokens of %4zu bytes   a cookie of %5zu bytes   open %5.2f us   seal %5.2f us\n",
               sizes[i], field.len, cost(&session, field), cost(&session, (struct text){0}));
    }
    session_store_free(store);
    pool_free(pool);
    return 0;
}
