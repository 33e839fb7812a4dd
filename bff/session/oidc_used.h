/*
 * What may be used only once, for as long as it could be used again: the state of a login, the jti
 * of a logout token. The process remembers it in a table of fixed size without locks. Redis, when
 * there is one, remembers it for all processes.
 *
 * When many more entries come than the table has room for, those that end first are forgotten.
 */
#ifndef BFF_SESSION_OIDC_USED_H
#define BFF_SESSION_OIDC_USED_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/store/redis.h"

struct oidc_used; /* of the process */

struct oidc_used *oidc_used_hold(struct registry *registry);
void oidc_used_release(struct oidc_used *used); /* NULL: does nothing */

/* Returns true when ${what} was not used before, and remembers it from ${now_s} until ${until_s},
 * in seconds since 1970 UTC. May be called from any thread: one of several callers gets true. */
bool oidc_used_take(struct oidc_used *used, struct text what, int64_t now_s, int64_t until_s);

/* Forgets ${what} in this process: it has had no effect, and may come again. */
void oidc_used_forget(struct oidc_used *used, struct text what);

enum oidc_used_end {
    OIDC_USED_FIRST, /* it was not used before; also when Redis is away, and only the process knows
                      */
    OIDC_USED_AGAIN,
    OIDC_USED_WAITS, /* ask->done will be called with one of the others */
};

/* A question to Redis, in the memory of its user. */
struct oidc_used_ask {
    void (*done)(struct oidc_used_ask *ask, enum oidc_used_end end);
    void *cookie;

    /* oidc_used.c's own */
    struct redis_command command;
};

/*
 * Takes ${what} in the process, and then in Redis. ${redis} NULL: only in the process. Redis gets a
 * hash of ${what}. ${ask->done} is called from the loop, and not after oidc_used_cancel.
 */
enum oidc_used_end oidc_used_ask(struct oidc_used *used, struct redis *redis,
                                 struct oidc_used_ask *ask, struct text what, int64_t now_s,
                                 int64_t until_s);
void oidc_used_cancel(struct oidc_used_ask *ask);

#endif
