/* See session_store.h. */
#include "bff/base/memory.h"
#include "bff/base/sha256.h"
#include "bff/session/session_seal.h"
#include "bff/session/session_settings.h"
#include "bff/session/session_store.h"

#define PREFIX TEXT("session:")
#define RENEWED_PART 4 /* a cookie is made again after this part of session.idle */

struct session_store {
    const struct session_settings *settings;
    struct session_seal *seal; /* of cookies, or of values in Redis */
};

/* A value of Redis cannot be used as a cookie, so both have a purpose of their own. */
struct session_store *session_store_new(const struct session_settings *settings)
{
    struct session_store *store = memory_new(sizeof(*store));
    bool in_redis = settings->store == SESSION_STORE_REDIS;

    store->settings = settings;
    store->seal = session_seal_new(settings->keys, settings->key_count,
                                   in_redis ? "session in redis" : "session in cookie");
    return store;
}

void session_store_free(struct session_store *store)
{
    if (store == NULL)
        return;
    session_seal_free(store->seal);
    memory_free(store);
}

const struct session_settings *session_store_settings(const struct session_store *store)
{
    return store->settings;
}

static bool is_in_redis(const struct session_store *store)
{
    return store->settings->store == SESSION_STORE_REDIS;
}

struct text session_store_key(struct text prefix, struct text id, struct pool *pool)
{
    unsigned char hash[SHA256_BYTES];
    char *key = pool_take(pool, prefix.len + sizeof(hash) * 2);

    sha256_of(id, hash);
    memcpy(key, prefix.at, prefix.len);
    text_hex(key + prefix.len, hash, sizeof(hash));
    return (struct text){key, prefix.len + sizeof(hash) * 2};
}

/* Lifetimes. */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* With Redis, ${seen_s} is older than the last use: Redis counts the time without use itself. */
int64_t session_store_left_s(const struct session_store *store, const struct session *session,
                             int64_t now_s)
{
    int64_t left = session->began_s + store->settings->absolute_s - now_s;
    int64_t seen_s = is_in_redis(store) ? now_s : session->seen_s;

    left = least(left, seen_s + store->settings->idle_s - now_s);
    return left > 0 ? left : 0;
}

bool session_store_renews(const struct session_store *store, const struct session *session,
                          int64_t now_s)
{
    return !is_in_redis(store) &&
           now_s - session->seen_s >= (int64_t)store->settings->idle_s / RENEWED_PART;
}

/* Opens ${sealed}, which was kept at ${place}, and writes the session to call->session. */
static enum session_store_end open_session(struct session_store_call *call, struct text place,
                                           struct text sealed)
{
    const struct session_store *store = call->store;
    struct text content;

    if (session_seal_open(store->seal, place, sealed, call->pool, &content) != 0 ||
        session_read(content, &call->session) != 0 ||
        session_store_left_s(store, &call->session, call->now_s) == 0)
        return SESSION_STORE_NONE;
    return SESSION_STORE_OK;
}

/* Redis. */

static enum session_store_end send_command(struct session_store_call *call,
                                           const struct text *texts, size_t count, redis_done done)
{
    call->command.done = done;
    if (call->redis == NULL || !redis_send(call->redis, &call->command, texts, count, 0))
        return SESSION_STORE_AWAY;
    return SESSION_STORE_WAITS;
}

static struct session_store_call *call_of(struct redis_command *command)
{
    return (struct session_store_call *)((char *)command -
                                         offsetof(struct session_store_call, command));
}

static bool is_kind(const struct redisReply *reply, int type)
{
    return reply != NULL && reply->type == type;
}

/* An error of the server, such as OOM, is a failure of the store. It ends no session. */
static void on_loaded(struct redis_command *command, enum redis_end end,
                      const struct redisReply *reply)
{
    struct session_store_call *call = call_of(command);
    enum session_store_end is = SESSION_STORE_AWAY;

    if (end == REDIS_REPLY && is_kind(reply, REDIS_REPLY_STRING))
        is = open_session(call, call->key, (struct text){reply->str, reply->len});
    else if (end == REDIS_REPLY && is_kind(reply, REDIS_REPLY_NIL))
        is = SESSION_STORE_NONE;
    if (is == SESSION_STORE_OK && !text_equal(call->session.id, call->id))
        is = SESSION_STORE_NONE;
    call->done(call, is);
}

static struct text idle_ms(const struct session_store_call *call)
{
    return pool_print(call->pool, "%llu", (unsigned long long)call->store->settings->idle_s * 1000);
}

static enum session_store_end load_redis(struct session_store_call *call, struct text id)
{
    call->id = id;
    call->key = session_store_key(PREFIX, id, call->pool);
    struct text texts[] = {TEXT("GETEX"), call->key, TEXT("PX"), idle_ms(call)};
    return send_command(call, texts, sizeof(texts) / sizeof(*texts), on_loaded);
}

/* SET with XX replies nothing when the key is not there. */
static void on_saved(struct redis_command *command, enum redis_end end,
                     const struct redisReply *reply)
{
    struct session_store_call *call = call_of(command);
    enum session_store_end is = SESSION_STORE_AWAY;

    if (end == REDIS_REPLY && is_kind(reply, REDIS_REPLY_STATUS))
        is = SESSION_STORE_OK;
    else if (end == REDIS_REPLY && is_kind(reply, REDIS_REPLY_NIL))
        is = SESSION_STORE_NONE;
    call->done(call, is);
}

static enum session_store_end save_redis(struct session_store_call *call, struct text content,
                                         struct text id, enum session_store_save how)
{
    call->value = pool_text(call->pool, id);
    call->key = session_store_key(PREFIX, id, call->pool);
    struct text sealed = session_seal_close(call->store->seal, call->key, content, call->pool);
    struct text texts[] = {TEXT("SET"),   call->key,
                           sealed,        TEXT("PX"),
                           idle_ms(call), how == SESSION_STORE_AGAIN ? TEXT("XX") : TEXT("NX")};
    return send_command(call, texts, sizeof(texts) / sizeof(*texts), on_saved);
}

static void on_dropped(struct redis_command *command, enum redis_end end,
                       const struct redisReply *reply)
{
    struct session_store_call *call = call_of(command);
    bool is_done = end == REDIS_REPLY && is_kind(reply, REDIS_REPLY_INTEGER);

    call->done(call, is_done ? SESSION_STORE_OK : SESSION_STORE_AWAY);
}

/* Both stores. */

enum session_store_end session_store_load(const struct session_store *store,
                                          struct session_store_call *call, struct text value)
{
    call->store = store;
    if (!is_in_redis(store))
        return open_session(call, call->cookie_name, value);
    if (value.len != SESSION_ID_CHARS) /* nothing to ask */
        return SESSION_STORE_NONE;
    return load_redis(call, value);
}

enum session_store_end session_store_save(const struct session_store *store,
                                          struct session_store_call *call,
                                          const struct session *session,
                                          enum session_store_save how)
{
    struct text content = session_write(session, call->pool);

    call->store = store;
    if (content.len > SESSION_SEAL_BYTES_MAX ||
        (!is_in_redis(store) && session_seal_length(content.len) > store->settings->max_bytes))
        return SESSION_STORE_TOO_LARGE;
    if (is_in_redis(store))
        return save_redis(call, content, session->id, how);
    call->value = session_seal_close(store->seal, call->cookie_name, content, call->pool);
    return SESSION_STORE_OK;
}

enum session_store_end session_store_drop(const struct session_store *store,
                                          struct session_store_call *call, struct text id)
{
    call->store = store;
    if (!is_in_redis(store))
        return SESSION_STORE_OK;
    struct text texts[] = {TEXT("DEL"), session_store_key(PREFIX, id, call->pool)};
    return send_command(call, texts, sizeof(texts) / sizeof(*texts), on_dropped);
}

void session_store_cancel(struct session_store_call *call) { redis_cancel(&call->command); }
