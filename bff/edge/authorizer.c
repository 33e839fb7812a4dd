/* See authorizer.h. */
#include <stdatomic.h>

#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/sha256.h"
#include "bff/edge/authorizer.h"
#include "bff/edge/authorizer_answer.h"
#include "bff/edge/authorizer_call.h"
#include "bff/edge/path_list.h"

/* The call may be that of another worker. It ends by its own timer, and this worker hears of it. */
#define GRACE_NS (250 * CLOCK_MS)

struct authorizer {
    const struct authorizer_settings *settings;
    unsigned char fingerprint[VERDICT_KEY_BYTES]; /* of the settings */
    atomic_bool is_down;                          /* what the last event said */
};

struct authorizer_worker {
    struct authorizer *of;
    struct cache_worker *verdicts;
    struct authorizer_calls calls;
    EVP_MD *sha256;
    EVP_MD_CTX *context;
};

/* Settings. */

struct authorizer *authorizer_new(const struct authorizer_settings *settings)
{
    struct authorizer *authorizer = memory_new(sizeof(*authorizer));
    struct pool *pool = pool_new();

    authorizer->settings = settings;
    sha256_of(authorizer_identity_of_settings(settings, pool), authorizer->fingerprint);
    pool_free(pool);
    return authorizer;
}

const struct authorizer_settings *authorizer_settings_of(const struct authorizer *authorizer)
{
    return authorizer->settings;
}

void authorizer_free(struct authorizer *authorizer) { memory_free(authorizer); }

bool authorizer_covers(const struct authorizer *authorizer, struct text path, struct pool *pool)
{
    return path_list_has(authorizer->settings->paths, authorizer->settings->path_count, pool, path);
}

/* Events: the authorizer has failed, or answers again. */

static void tell(const struct authorizer *authorizer, const struct authorizer_call_end *end)
{
    const char *reason = end->reason == REASON_NONE ? "answer" : reason_name(end->reason);

    log_event("authorizer", (struct log_field[]){
                                {"service", .text = text_of(authorizer->settings->service->name)},
                                {"state", .text = end->is_good ? TEXT("up") : TEXT("down")},
                                {"reason", .text = end->is_good ? TEXT("none") : text_of(reason)},
                                {"status", .number = end->is_good ? 0 : end->status},
                                {0},
                            });
}

static void on_call_ended(void *cookie, const struct authorizer_call_end *end)
{
    struct authorizer *authorizer = cookie;

    if (atomic_exchange(&authorizer->is_down, !end->is_good) == end->is_good)
        tell(authorizer, end);
}

/* Workers. */

struct authorizer_worker *authorizer_worker_new(struct authorizer *authorizer,
                                                struct cache_worker *verdicts,
                                                struct upstream *upstream)
{
    struct authorizer_worker *worker = memory_new(sizeof(*worker));

    worker->of = authorizer;
    worker->verdicts = verdicts;
    worker->calls = (struct authorizer_calls){
        .settings = authorizer->settings,
        .upstream = upstream,
        .ended = on_call_ended,
        .cookie = authorizer,
    };
    authorizer_call_init(&worker->calls);
    worker->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    worker->context = EVP_MD_CTX_new();
    must(worker->sha256 != NULL && worker->context != NULL);
    return worker;
}

void authorizer_worker_free(struct authorizer_worker *worker)
{
    if (worker == NULL)
        return;
    authorizer_call_drop_all(&worker->calls);
    EVP_MD_CTX_free(worker->context);
    EVP_MD_free(worker->sha256);
    memory_free(worker);
}

/* Asking. */

static enum authorizer_decision decision_of(struct authorizer_ask *ask, enum verdict_state state)
{
    const struct cache_entry *entry = ask->verdict->entry;

    if (state == VERDICT_WAITS)
        return AUTHORIZER_WAITS;
    if (state == VERDICT_FAILED)
        return AUTHORIZER_FAILED;
    if (!authorizer_answer_is_allow(entry))
        return AUTHORIZER_DENY;
    authorizer_answer_apply(entry, ask->caller);
    return state == VERDICT_STALE ? AUTHORIZER_ALLOW_STALE : AUTHORIZER_ALLOW;
}

static void on_lead(struct verdict_ask *verdict, struct verdict_lead *lead)
{
    const struct authorizer_ask *ask = verdict->cookie;

    authorizer_call_start(&ask->worker->calls, lead, &ask->identity, ask->request);
}

static void on_done(struct verdict_ask *verdict, enum verdict_state state)
{
    struct authorizer_ask *ask = verdict->cookie;

    ask->done(ask, decision_of(ask, state));
}

static void hash(struct authorizer_worker *worker, const struct authorizer_identity *identity,
                 struct pool *pool, unsigned char out[VERDICT_KEY_BYTES])
{
    struct text of = {(const char *)worker->of->fingerprint, VERDICT_KEY_BYTES};
    struct text bytes = authorizer_identity_bytes(worker->of->settings, of, identity, pool);

    must(EVP_DigestInit_ex2(worker->context, worker->sha256, NULL) == 1 &&
         EVP_DigestUpdate(worker->context, bytes.at, bytes.len) == 1 &&
         EVP_DigestFinal_ex(worker->context, out, NULL) == 1);
}

static enum authorizer_decision look(struct authorizer_worker *worker, struct authorizer_ask *ask)
{
    unsigned char key[VERDICT_KEY_BYTES];
    struct pool *pool = ask->request->pool;

    hash(worker, &ask->identity, pool, key);
    ask->worker = worker;
    ask->verdict = verdict_ask_new(pool);
    ask->verdict->lead = on_lead;
    ask->verdict->done = on_done;
    ask->verdict->cookie = ask;
    ask->until_ns = clock_now_ns() + worker->of->settings->timeout_ms * CLOCK_MS + GRACE_NS;
    return decision_of(ask, verdict_ask(ask->verdict, worker->verdicts,
                                        (struct text){(const char *)key, sizeof(key)}));
}

enum authorizer_decision authorizer_ask(struct authorizer_worker *worker,
                                        struct authorizer_ask *ask)
{
    switch (authorizer_identity_read(worker->of->settings, ask->request, ask->path, ask->caller,
                                     &ask->identity)) {
    case AUTHORIZER_IDENTITY_NONE:
        return AUTHORIZER_NOBODY;
    case AUTHORIZER_IDENTITY_AMBIGUOUS:
        return AUTHORIZER_AMBIGUOUS;
    case AUTHORIZER_IDENTITY_OK:
        break;
    }
    return look(worker, ask);
}

void authorizer_leave(struct authorizer_ask *ask) { verdict_leave(ask->verdict); }

enum authorizer_decision authorizer_late(struct authorizer_ask *ask)
{
    return decision_of(ask, verdict_late(ask->verdict));
}

const char *authorizer_word(enum authorizer_decision decision)
{
    static const char *const words[] = {
        [AUTHORIZER_ALLOW] = "allow", [AUTHORIZER_ALLOW_STALE] = "stale",
        [AUTHORIZER_DENY] = "deny",   [AUTHORIZER_FAILED] = "failed",
        [AUTHORIZER_NOBODY] = NULL,   [AUTHORIZER_AMBIGUOUS] = NULL,
        [AUTHORIZER_WAITS] = NULL,
    };

    return words[decision];
}
