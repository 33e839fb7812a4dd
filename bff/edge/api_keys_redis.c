/* See api_keys_redis.h. */
#include <h2o.h>

#include "bff/base/memory.h"
#include "bff/edge/api_keys_redis.h"
#include "bff/store/redis.h"

#define PREFIX "api_key:"
#define FIELDS 6

struct asked {
    struct api_keys_call call;
    struct redis_command command;
};

static const struct text names[FIELDS] = {{"name", 4}, {"plan", 4},   {"user", 4},
                                          {"role", 4}, {"scopes", 6}, {"disabled", 8}};

/* Absent for nil, and for anything that is no string. */
static struct text text_at(const struct redisReply *reply, size_t i)
{
    const struct redisReply *one = reply->element[i];

    return one->type == REDIS_REPLY_STRING ? (struct text){one->str, one->len} : (struct text){0};
}

static bool is_nothing(const struct redisReply *reply)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (text_at(reply, i).at != NULL)
            return false;
    return true;
}

static void on_reply(struct redis_command *command, enum redis_end end,
                     const struct redisReply *reply)
{
    struct asked *asked = H2O_STRUCT_FROM_MEMBER(struct asked, command, command);

    if (end == REDIS_DOWN) {
        api_keys_call_fail(&asked->call, NULL); /* redis_down is logged already */
    } else if (reply->type != REDIS_REPLY_ARRAY || reply->elements != FIELDS) {
        api_keys_call_fail(&asked->call, "Redis has no hash for it, but something else");
    } else if (is_nothing(reply)) {
        api_keys_call_unknown(&asked->call);
    } else {
        const struct api_key_row row = {
            .name = text_at(reply, 0),
            .plan = text_at(reply, 1),
            .user = text_at(reply, 2),
            .roles = text_at(reply, 3),
            .scopes = text_at(reply, 4),
            .disabled = text_at(reply, 5),
        };
        api_keys_call_tell(&asked->call, &row);
    }
}

static void stop(struct api_keys_call *call) { redis_cancel(&((struct asked *)call)->command); }

void api_keys_redis_start(h2o_linklist_t *calls, struct redis *redis,
                          const struct api_keys_settings *settings, const unsigned char *digest,
                          struct verdict_lead *lead)
{
    struct asked *asked = memory_new(sizeof(*asked));
    char key[sizeof(PREFIX) - 1 + API_KEYS_CALL_HEX];
    struct text texts[2 + FIELDS] = {TEXT("HMGET"), {key, sizeof(key)}};

    api_keys_call_begin(&asked->call, calls, settings, digest, lead);
    asked->call.stop = stop;
    asked->command.done = on_reply;
    memcpy(key, PREFIX, sizeof(PREFIX) - 1);
    memcpy(key + sizeof(PREFIX) - 1, asked->call.hex, API_KEYS_CALL_HEX);
    memcpy(texts + 2, names, sizeof(names));
    if (!redis_send(redis, &asked->command, texts, 2 + FIELDS, 0))
        api_keys_call_fail(&asked->call, NULL);
}
