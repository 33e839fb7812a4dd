/* See page_key.h. */
#include <openssl/rand.h>

#include "bff/base/check.h"
#include "bff/base/tally.h"
#include "bff/compose/idempotency_key.h"
#include "bff/compose/page_errand.h"
#include "bff/compose/page_key.h"
#include "bff/compose/page_key_undoing.h"
#include "bff/compose/run_calls.h"
#include "bff/compose/run_change.h"
#include "bff/compose/run_undo.h"
#include "bff/edge/api_key.h"
#include "bff/store/key_store.h"

/* A key is running longer than the budget of its page: calls that change data are sent again, or
 * are taken back. The pause is for a claim that Redis tells late, and for the storing. */
#define RUN_LONGER_MS 30000
#define RUN_PAUSE_MS 10000

#define RETRY_AFTER ((struct reply_field){"retry-after", TEXT("1")})

enum state {
    PAGE_KEY_CLAIMING,
    PAGE_KEY_RUNNING, /* the claim is ours */
    PAGE_KEY_STORING, /* the answer is made */
    PAGE_KEY_OVER,
};

/* It is in the pool of its page. */
struct page_key {
    struct key_store_call call;
    enum state state;
    void (*start)(struct page_serving *serving);
    struct key_store_finish *finish; /* an answer, or the mark that changes are taken back */
    struct reply reply;              /* in state PAGE_KEY_STORING */
    bool is_unmarked;                /* the mark was not stored, so nothing is taken back */
    void (*go_on)(struct run *run, bool may_undo);
};

/* Reading the request. */

/* Returns the key of the request in ${*key}, absent when it has none. Returns NULL, or words that
 * say what is wrong. */
static const char *read_key(const struct page_serving *serving, struct text *key)
{
    struct request *request = serving->request;
    struct text values[2];
    size_t count = request_values(request, "idempotency-key", values, 2);

    *key = (struct text){0};
    if (count == 0)
        return serving->ask.plan->composite->idempotency == BFF_KEY_REQUIRED
                   ? "Idempotency-Key is required"
                   : NULL;
    if (count == 1)
        *key = idempotency_key_read(values[0], request->pool);
    return key->at == NULL ? "Idempotency-Key must be one string of 1 to 255 characters" : NULL;
}

static void hash_key(struct page_serving *serving, struct text key)
{
    const struct caller *caller = serving->ask.caller;

    idempotency_key_hash(
        &(struct idempotency_key_scope){
            .server = serving->ask.pages->server,
            .route = text_of(serving->ask.plan->composite->route),
            .user = caller->has_user ? caller->user.id : (struct text){0},
            .client = caller->key != NULL ? caller->key->name : (struct text){0},
            .key = key,
        },
        serving->key_hash);
}

/* Cookies change often. So they only count for a page that passes them on. */
static bool passes_cookie(const struct plan *plan)
{
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].passes_cookie)
            return true;
    return false;
}

/* Without a user, nobody but the services may know whom Authorization, a cookie, a certificate or
 * the authorizer's context names. A program may ask for many people with one API key. So a repeat
 * with other ones gets no answer that was made for the first ones. */
static void print_asker(const struct page_serving *serving, struct idempotency_key_request *out)
{
    struct request *request = serving->request;
    const struct caller *caller = serving->ask.caller;

    if (caller->has_user && !caller->is_user_of_key)
        return;
    out->authorization = request_header(request, "authorization");
    if (passes_cookie(serving->ask.plan))
        out->cookie = caller_passes(caller, "cookie", request_header(request, "cookie"));
    out->caller = caller_distinct(caller, serving->pool);
}

static void print_request(const struct page_serving *serving, unsigned char print[SHA256_BYTES])
{
    const struct request *request = serving->request;
    struct idempotency_key_request out = {
        .method = request->method,
        .path = request->path,
        .query = request->query,
        .body = json_raw(serving->ask.input),
    };

    print_asker(serving, &out);
    idempotency_key_print(&out, print);
}

/* The claim. */

static const struct {
    const char *word; /* in the log */
    enum tally tally;
    int status; /* 0: see act */
    const char *message;
    bool is_soon; /* the client may try again soon */
} results[] = {
    [KEY_CLAIM_WAITS] = {0},
    [KEY_CLAIM_MINE] = {"claimed", TALLY_CLAIMS_MINE, 0, NULL, false},
    [KEY_CLAIM_AGAIN] = {"again", TALLY_CLAIMS_AGAIN, 0, NULL, false},
    [KEY_CLAIM_UNDOING] = {"undoing", TALLY_CLAIMS_UNDOING, 0, NULL, false},
    [KEY_CLAIM_ANSWERED] = {"replayed", TALLY_CLAIMS_ANSWERED, 0, NULL, false},
    [KEY_CLAIM_RUNNING] = {"running", TALLY_CLAIMS_RUNNING, 409,
                           "A request with this Idempotency-Key is being processed", true},
    [KEY_CLAIM_LOST] = {"lost", TALLY_CLAIMS_LOST, 409,
                        "The request with this Idempotency-Key was processed, and its answer was "
                        "too large to be stored",
                        false},
    [KEY_CLAIM_CONFLICT] = {"conflict", TALLY_CLAIMS_CONFLICT, 422,
                            "This Idempotency-Key was used for another request", false},
    [KEY_CLAIM_UNAVAILABLE] = {"unavailable", TALLY_CLAIMS_UNAVAILABLE, 503,
                               "Service temporarily unavailable", true},
};

static void replay(struct page_serving *serving)
{
    struct reply *reply = &serving->key->call.answer;

    reply_set_field(serving->request, (struct reply_field){"idempotency-replayed", TEXT("true")});
    reply_send(serving->request, reply);
}

/* Before changes are taken back, the store must know it: a repeat after a crash would otherwise
 * rely on changes that are gone. */

static void on_marked(void *cookie, bool is_stored)
{
    struct page_serving *serving = cookie;
    struct page_key *key = serving->key;

    key->finish = NULL;
    key->is_unmarked = !is_stored;
    key->go_on(serving->run, is_stored);
}

static void mark(void *cookie, void (*go_on)(struct run *run, bool may_undo), struct run *run)
{
    struct page_serving *serving = cookie;
    struct page_key *key = serving->key;

    key->go_on = go_on;
    key->finish = key_store_mark(serving->ask.keys, &key->call.claim, on_marked, serving);
}

static void run(struct page_serving *serving, bool is_again)
{
    serving->key->state = PAGE_KEY_RUNNING;
    serving->run_request.is_again = is_again;
    serving->run_request.before_undo = mark;
    serving->key->start(serving);
}

/* Does what follows from the result of the claim. Afterwards the caller must not touch ${serving}.
 */
static void act(struct page_serving *serving, enum key_claim_end end)
{
    bool is_soon = results[end].is_soon;

    serving->request->idempotency = results[end].word;
    tally_add(results[end].tally);
    serving->key->state = PAGE_KEY_OVER;
    if (end == KEY_CLAIM_MINE || end == KEY_CLAIM_AGAIN)
        run(serving, end == KEY_CLAIM_AGAIN);
    else if (end == KEY_CLAIM_ANSWERED)
        replay(serving);
    else if (end == KEY_CLAIM_UNDOING)
        page_key_undoing_send(serving);
    else
        reply_error_with(serving->request, results[end].status, results[end].message,
                         is_soon ? RETRY_AFTER : (struct reply_field){0});
}

static void on_claimed(struct key_store_call *call, enum key_claim_end end)
{
    struct page_serving *serving = call->cookie;

    check_working_on(serving->id);
    act(serving, end);
    check_working_on((struct text){0});
}

/* A key that expired during the run would let a repeat change the same data at the same time. */
static int64_t longest_run_ms(const struct plan *plan)
{
    int64_t more_ms = (RUN_CHANGE_TOTAL_NS + run_undo_longest_ns(plan)) / CLOCK_MS + RUN_PAUSE_MS;

    return plan->budget_ms + (more_ms > RUN_LONGER_MS ? more_ms : RUN_LONGER_MS);
}

static void claim(struct page_serving *serving, void (*start)(struct page_serving *serving))
{
    struct page_key *key = pool_zero(serving->pool, sizeof(*key));

    key->start = start;
    key->call.pool = serving->pool;
    key->call.done = on_claimed;
    key->call.cookie = serving;
    key->call.claim.run_ms = longest_run_ms(serving->ask.plan);
    memcpy(key->call.claim.name, serving->key_hash, sizeof(key->call.claim.name));
    print_request(serving, key->call.claim.print);
    serving->key = key;
    enum key_claim_end end = key_store_claim(serving->ask.keys, &key->call);
    if (end != KEY_CLAIM_WAITS)
        act(serving, end);
}

void page_key_begin(struct page_serving *serving, void (*start)(struct page_serving *serving))
{
    struct text key;
    const char *wrong = read_key(serving, &key);

    if (wrong != NULL) {
        reply_error(serving->request, 400, wrong);
        return;
    }
    if (key.at != NULL) {
        hash_key(serving, key);
        claim(serving, start);
        return;
    }
    must(RAND_bytes(serving->key_hash, sizeof(serving->key_hash)) == 1);
    start(serving);
}

/* The answer. */

/* Afterwards the caller must not touch ${serving}. */
static void send_answer(struct page_serving *serving, const struct reply *reply)
{
    if (serving->request == NULL)
        page_errand_end(serving);
    else
        reply_send(serving->request, reply);
}

static void on_stored(void *cookie, bool is_stored)
{
    struct page_serving *serving = cookie;

    serving->key->state = PAGE_KEY_OVER;
    serving->key->finish = NULL;
    send_answer(serving, &serving->key->reply);
}

/* What the services have not been asked to change may be tried again with the same key. */
static bool is_decided(const struct page_serving *serving, const struct reply *reply)
{
    return reply->status / 100 == 2 || run_calls_have_changed(serving->run);
}

/* A repeat can find out what this run could not: whether a service has made a change, or what could
 * not be taken back. An answer that is good is good enough, even if an optional part is unknown. */
static bool is_unresolved(const struct page_serving *serving, const struct reply *reply)
{
    const struct run *run = serving->run;

    if (reply->status / 100 == 2)
        return false;
    if (serving->key->is_unmarked)
        return true;
    for (size_t i = 0; i < serving->ask.plan->part_count; i++)
        if (run->parts[i].changed == RUN_CHANGE_UNKNOWN)
            return true;
    return false;
}

static void drop(struct page_serving *serving)
{
    serving->key->state = PAGE_KEY_OVER;
    key_store_drop(serving->ask.keys, &serving->key->call.claim);
}

static void leave_for_repeats(struct page_serving *serving)
{
    serving->key->state = PAGE_KEY_OVER;
    key_store_leave(serving->ask.keys, &serving->key->call.claim);
}

static struct reply keep(struct page_serving *serving, const struct reply *reply)
{
    size_t bytes = reply->field_count * sizeof(*reply->fields);
    size_t body_bytes = reply->body_count * sizeof(*reply->body);
    struct reply_field *fields = pool_take(serving->pool, bytes + 1);
    struct text *body = pool_take(serving->pool, body_bytes + 1);
    struct reply kept = *reply;

    if (bytes > 0)
        memcpy(fields, reply->fields, bytes);
    if (body_bytes > 0)
        memcpy(body, reply->body, body_bytes);
    kept.fields = fields;
    kept.body = body;
    return kept;
}

/* The client gets its answer when it is stored: a client that has an answer never repeats the
 * request without need. */
static bool waits_for_store(struct page_serving *serving, const struct reply *reply)
{
    struct page_key *key = serving->key;

    key->finish = key_store_finish(serving->ask.keys, &key->call.claim, reply, on_stored, serving);
    key->state = key->finish != NULL ? PAGE_KEY_STORING : PAGE_KEY_OVER;
    if (key->finish != NULL)
        key->reply = keep(serving, reply);
    return key->finish != NULL;
}

void page_key_answer(struct page_serving *serving, const struct reply *reply)
{
    bool is_mine = serving->key != NULL && serving->key->state == PAGE_KEY_RUNNING;

    if (is_mine && !is_decided(serving, reply))
        drop(serving);
    else if (is_mine && is_unresolved(serving, reply))
        leave_for_repeats(serving);
    else if (is_mine && waits_for_store(serving, reply))
        return;
    send_answer(serving, reply);
}

void page_key_leave(struct page_serving *serving)
{
    struct page_key *key = serving->key;

    if (key == NULL)
        return;
    key_store_forget(key->finish);
    if (key->state == PAGE_KEY_CLAIMING)
        key_store_cancel(&key->call);
    else if (key->state == PAGE_KEY_RUNNING && !run_calls_have_changed(serving->run))
        drop(serving);
    key->state = PAGE_KEY_OVER;
}
