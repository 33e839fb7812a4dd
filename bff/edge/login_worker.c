/* See login_worker.h. */
#include "bff/base/memory.h"
#include "bff/edge/login_issuers.h"

#include "bff/edge/login_worker.h"

static struct key_source_worker **sources_of(const struct login *login, struct endpoints *endpoints)
{
    struct key_source_worker **sources = NULL;

    for (size_t i = 0; i < login->count; i++) {
        const struct login_issuer *issuer = &login->issuers[i];
        if (issuer->source == NULL)
            continue;
        if (sources == NULL)
            sources = memory_new(login->count * sizeof(*sources));
        sources[i] = key_source_worker_new(issuer->source, &issuer->jwks, endpoints);
    }
    return sources;
}

struct login_worker *login_worker_new(const struct login *login, struct endpoints *endpoints,
                                      unsigned number)
{
    struct login_worker *worker = memory_new(sizeof(*worker));

    worker->login = login;
    worker->cache = login_cache_hold(login, number);
    worker->sources = sources_of(login, endpoints);
    return worker;
}

void login_worker_free(struct login_worker *worker)
{
    if (worker == NULL)
        return;
    for (size_t i = 0; worker->sources != NULL && i < worker->login->count; i++)
        key_source_worker_free(worker->sources[i]);
    memory_free(worker->sources);
    login_cache_release(worker->cache);
    memory_free(worker);
}

void login_worker_start(struct login_worker *worker)
{
    for (unsigned i = 0; i < worker->login->count; i++)
        if (login_worker_source(worker, i) != NULL)
            key_source_worker_start(login_worker_source(worker, i));
}

void login_worker_stop(struct login_worker *worker)
{
    for (unsigned i = 0; i < worker->login->count; i++)
        if (login_worker_source(worker, i) != NULL)
            key_source_worker_stop(login_worker_source(worker, i));
}
