/*
 * The part of a login that belongs to one worker of one configuration: the worker's known tokens,
 * and its part of the key sets at URLs. All functions are called in the worker's thread.
 */
#ifndef BFF_EDGE_LOGIN_WORKER_H
#define BFF_EDGE_LOGIN_WORKER_H

#include "bff/edge/login.h"
#include "bff/token/key_source_worker.h"

struct login_worker {
    const struct login *login;
    struct login_cache *cache;          /* NULL: no token is kept */
    struct key_source_worker **sources; /* one for each issuer, NULL: it has no URL; NULL: no issuer
                                           has one */
};

/* Makes the part of the worker with the number ${number}. ${login} and ${endpoints} are borrowed
 * until login_worker_free. Nothing is fetched yet. */
struct login_worker *login_worker_new(const struct login *login, struct endpoints *endpoints,
                                      unsigned number);

/* Nobody may wait for a key. NULL: does nothing. */
void login_worker_free(struct login_worker *worker);

/* One worker of the process refreshes the key sets: from now on this one, until
 * login_worker_stop. */
void login_worker_start(struct login_worker *worker);
void login_worker_stop(struct login_worker *worker);

/* Returns the key source of the issuer at ${place}; NULL: it has none. */
static inline struct key_source_worker *login_worker_source(const struct login_worker *worker,
                                                            unsigned place)
{
    return worker->sources == NULL ? NULL : worker->sources[place];
}

#endif
