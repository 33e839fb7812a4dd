/* See admin_purge.h. */
#include "bff/app/admin_purge.h"
#include "bff/app/purge_channel.h"
#include "bff/base/registry.h"
#include "bff/cache/cache_path.h"
#include "bff/cache/cache_purge.h"
#include "bff/proxy/plain_path.h"

#define NOT_TOLD                                                                                   \
    "this instance has purged, but Redis could not be told, so other instances may not have; try " \
    "again"

/* Stored responses have the path as clients' requests have it after they were normalised. */
static const char *normalise(struct pool *pool, struct cache_purge *purge)
{
    struct text path;

    if (purge->kind != CACHE_PURGE_PATH && purge->kind != CACHE_PURGE_PREFIX)
        return NULL;
    const char *words = cache_purge_check(purge->kind, purge->what);
    if (words == NULL && plain_path(pool, purge->what, &path) != 0)
        words = "no request has such a path";
    if (words == NULL)
        purge->what = cache_path(pool, path);
    return words;
}

static void purge_here(const struct cache_purge *purge)
{
    struct cache *cache = cache_hold(registry_of_process(), (struct text){0});

    cache_purge_apply(cache, purge);
    registry_release(cache);
}

/* Other instances. */

static void on_told(struct cache_redis_purge *told, bool is_told)
{
    struct admin_request *admin = H2O_STRUCT_FROM_MEMBER(struct admin_request, told, told);

    pipeline_resume(&admin->context.pipeline,
                    is_told ? STEP_PASS : admin_request_refuse(admin, 503, NOT_TOLD));
}

static void cancel(void *state)
{
    cache_redis_purge_cancel(&((struct admin_request *)state)->told);
}

/* Other instances hear of the purge, and what is stored in Redis is purged. The wait has no
 * deadline, because the command has one. */
static enum step_result tell(struct admin_request *admin, const struct cache_purge *purge)
{
    struct redis *redis = admin->context.worker->redis;
    struct text message = purge_channel_message(admin->context.request->pool, purge);

    if (redis == NULL)
        return STEP_PASS;
    admin->told.done = on_told;
    if (!cache_redis_purge_run(redis, &admin->told, purge, TEXT(PURGE_CHANNEL), message))
        return admin_request_refuse(admin, 503, NOT_TOLD);
    return pipeline_wait(&admin->context.pipeline,
                         (struct pipeline_wait){.state = admin, .cancel = cancel});
}

static enum step_result purge_all(struct admin_request *admin, struct cache_purge purge)
{
    struct request *request = admin->context.request;
    const char *words = normalise(request->pool, &purge);

    if (words != NULL)
        return admin_request_refuse(admin, 400, words);
    purge_here(&purge);
    purge_channel_log(&purge, text_of(request->client->address));
    admin->answer =
        pool_print(request->pool, "{\"purged\":\"%s\"}\n", cache_purge_name(purge.kind));
    return tell(admin, &purge);
}

enum step_result admin_purge_post(struct admin_request *admin)
{
    struct request *request = admin->context.request;
    struct text body = request->body == NULL ? (struct text){0} : request_body(request);
    struct cache_purge purge;
    const char *words = cache_purge_read(request->pool, body, &purge);

    return words == NULL ? purge_all(admin, purge) : admin_request_refuse(admin, 400, words);
}

enum step_result admin_purge_path(struct admin_request *admin)
{
    const struct request *request = admin->context.request;
    struct cache_purge purge = {.kind = CACHE_PURGE_PATH, .what = request->path};

    if (request->query.at != NULL)
        return admin_request_refuse(admin, 400, "a path is purged with every query; leave it out");
    if (purge.what.at[purge.what.len - 1] == '*') {
        purge.kind = CACHE_PURGE_PREFIX;
        purge.what.len--;
    }
    return purge_all(admin, purge);
}
