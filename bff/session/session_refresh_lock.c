/* See session_refresh_lock.h. */
#include <pthread.h>
#include <stdatomic.h>

#include "bff/base/log.h"
#include "bff/session/session.h"
#include "bff/session/session_refresh_lock.h"

/* KEYS: the result, the lock. ARGV: the owner, the milliseconds of the lock. Returns the result; or
 * 1: taken; or 0: busy. */
static const char take_source[] =
    "local result = redis.call('GET', KEYS[1])\n"
    "if result then return result end\n"
    "if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end\n"
    "return 0\n";

/* KEYS: the same. ARGV: the owner, nothing|always|first, the result, its milliseconds. */
static const char release_source[] =
    "local result = ARGV[2] == 'first' and redis.call('GET', KEYS[1])\n"
    "if not result and ARGV[2] ~= 'nothing' then\n"
    "  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])\n"
    "end\n"
    "if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end\n"
    "return result or 1\n";

static struct redis_script take_script, release_script;

static void make_scripts(void)
{
    redis_script_init(&take_script, (struct text){take_source, sizeof(take_source) - 1});
    redis_script_init(&release_script, (struct text){release_source, sizeof(release_source) - 1});
}

static const char *const stores[] = {
    [SESSION_REFRESH_LOCK_NOTHING] = "nothing",
    [SESSION_REFRESH_LOCK_ALWAYS] = "always",
    [SESSION_REFRESH_LOCK_FIRST] = "first",
};

static void on_done(struct redis_script_call *call, enum redis_end end,
                    const struct redisReply *reply)
{
    struct session_refresh_lock *lock =
        H2O_STRUCT_FROM_MEMBER(struct session_refresh_lock, call, call);

    if (end == REDIS_REPLY && reply->type == REDIS_REPLY_STRING)
        lock->done(lock, SESSION_REFRESH_LOCK_KNOWN, (struct text){reply->str, reply->len});
    else if (end == REDIS_REPLY && reply->type == REDIS_REPLY_INTEGER)
        lock->done(lock,
                   reply->integer == 1 ? SESSION_REFRESH_LOCK_TAKEN : SESSION_REFRESH_LOCK_BUSY,
                   (struct text){0});
    else
        lock->done(lock, SESSION_REFRESH_LOCK_DOWN, (struct text){0});
}

static bool run(struct session_refresh_lock *lock, const struct redis_script *script,
                size_t arg_count)
{
    lock->call.done = on_done;
    lock->texts = (struct redis_script_texts){lock->keys, 2, lock->args, arg_count};
    return lock->redis != NULL &&
           redis_script_run(lock->redis, &lock->call, script, &lock->texts, 0);
}

/* The owner's text is not used for anything else, so an id of a session is one. */
void session_refresh_lock_init(struct session_refresh_lock *lock, struct redis *redis,
                               struct text hash, struct pool *pool)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_scripts);
    lock->redis = redis;
    lock->pool = pool;
    lock->keys[0] = pool_print(pool, "session:refreshed:%.*s", TEXT_ARGS(hash));
    lock->keys[1] = pool_print(pool, "session:lock:%.*s", TEXT_ARGS(hash));
    lock->owner = session_new_id(pool);
}

bool session_refresh_lock_take(struct session_refresh_lock *lock, uint32_t ms)
{
    lock->args[0] = lock->owner;
    lock->args[1] = pool_print(lock->pool, "%u", ms);
    return run(lock, &take_script, 2);
}

bool session_refresh_lock_release(struct session_refresh_lock *lock,
                                  enum session_refresh_lock_store how, struct text sealed,
                                  uint32_t kept_ms)
{
    lock->args[0] = lock->owner;
    lock->args[1] = text_of(stores[how]);
    lock->args[2] = sealed.at == NULL ? TEXT("") : sealed;
    lock->args[3] = pool_print(lock->pool, "%u", kept_ms);
    return run(lock, &release_script, 4);
}

void session_refresh_lock_alone(bool is_alone)
{
    static atomic_bool was_alone;

    if (atomic_load(&was_alone) == is_alone || atomic_exchange(&was_alone, is_alone) == is_alone)
        return;
    log_event("session_lock", (struct log_field[]){
                                  {"state", .text = is_alone ? TEXT("process") : TEXT("redis")},
                                  {0},
                              });
}

void session_refresh_lock_cancel(struct session_refresh_lock *lock)
{
    redis_script_cancel(&lock->call);
}
