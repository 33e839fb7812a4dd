/* Measures the processor time of the default rate limits in memory: finding the rules, the key, the
 * count and the header fields of a request. This is a benchmark and not a test: build it with -O2.
 */
#include <stdio.h>
#include <time.h>

#include "bff/base/path_reading.h"
#include "bff/http/request_peer.h"
#include "bff/limit/limit_headers.h"
#include "bff/limit/limit_key.h"
#include "bff/limit/limiter.h"

#define TIMES 100000 /* requests of a run */
#define ADDRESSES 100000
#define ADDRESS_BYTES 16
#define BY_ADDRESS .key = {{.kind = LIMIT_KEY_IP}}, .key_count = 1, .window_ms = 900000

static struct limit_rule rows[] = {
    {.name = {"api", 3}, .path = {"/api/", 5}, .max = 100000000, BY_ADDRESS},
    {.name = {"login", 5}, .path = {"/api/auth/login", 15}, .max = 100000000, BY_ADDRESS},
    {.name = {"register", 8}, .path = {"/api/auth/register", 18}, .max = 100000000, BY_ADDRESS},
};
static const struct limit_rules rules = {rows, sizeof(rows) / sizeof(rows[0])};
static struct limiter *limiter;
static char addresses[ADDRESSES][ADDRESS_BYTES];

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void limit(struct request *request)
{
    struct text path = path_reading_lenient(request->pool, request->path);
    struct limit_hit hits[LIMIT_HITS_MAX];
    struct limiter_question question = {.hits = hits, .pool = request->pool};

    for (size_t i = 0; i < rules.count; i++)
        if (limit_rule_matches(&rows[i], request->method, path))
            hits[question.count++] =
                (struct limit_hit){&rows[i], limit_key(request, &rows[i], (struct text){0}), 1};
    limiter_ask(limiter, &question);
    limit_headers_set(request, hits[question.counted - 1].rule,
                      &question.verdicts[question.counted - 1]);
}

/* Makes a request and its pool, and has it counted if ${is_limited}. */
static void ask(const char *path, const char *address, bool is_limited)
{
    h2o_mem_pool_t memory;
    h2o_req_t h2o;
    struct request_peer peer = {.client = text_of(address)};
    struct request request = {.h2o = &h2o,
                              .pool = pool_of(&memory),
                              .peer = &peer,
                              .path = text_of(path),
                              .method = TEXT("GET")};

    h2o_mem_init_pool(&memory);
    pool_take(request.pool, 1);
    if (is_limited)
        limit(&request);
    h2o_mem_clear_pool(&memory);
}

/* The best of some runs, in nanoseconds of processor time for a request. */
static double cost(const char *path, size_t count, bool is_limited)
{
    double best = 1e12;

    for (int run = 0; run < 10; run++) {
        double begin = now_ns();
        for (size_t i = 0; i < TIMES; i++)
            ask(path, addresses[i * 7919 % count], is_limited);
        double each = (now_ns() - begin) / TIMES;
        best = each < best ? each : best;
    }
    return best;
}

static void measure(const char *path, size_t count)
{
    printf("%-16s %6zu addresses  %4.0f ns\n", path, count,
           cost(path, count, true) - cost(path, count, false));
}

int main(void)
{
    limiter = limiter_new(&(struct limiter_settings){
        .rules = &rules, .keys = 160000, .registry = registry_of_process()});
    for (unsigned i = 0; i < ADDRESSES; i++)
        snprintf(addresses[i], ADDRESS_BYTES, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
    measure("/api/users/1", 1);
    measure("/api/users/1", ADDRESSES);
    measure("/api/auth/login", 1);
    measure("/api/auth/login", ADDRESSES);
    limiter_free(limiter);
    return 0;
}
