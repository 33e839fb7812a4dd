/* See key_redis.h. The script runs in Redis 3.2 and newer. */
#include "bff/store/key_redis.h"

/*
 *   KEYS[1]  the key
 *   ARGV[1]  "claim", "replace" or "drop"
 *   ARGV[2]  the life of the new value in milliseconds
 *   ARGV[3]  the value of the owner, for which the key is running
 *   ARGV[4]  with "replace": the new value
 */
static const char source[] = "local value = redis.call('GET', KEYS[1])\n"
                             "if ARGV[1] == 'claim' then\n"
                             "  if value then return value end\n"
                             "  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])\n"
                             "  return 1\n"
                             "end\n"
                             "if value ~= ARGV[3] then return 0 end\n"
                             "if ARGV[1] == 'drop' then redis.call('DEL', KEYS[1])\n"
                             "else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[2]) end\n"
                             "return 1\n";

void key_redis_script(struct redis_script *script) { redis_script_init(script, TEXT(source)); }

/* The arguments are those of the script. */
static bool run(struct redis *redis, const struct redis_script *script, struct key_redis_call *call,
                const struct key_claim *claim, int64_t life_ms)
{
    memcpy(call->name, KEY_REDIS_PREFIX, sizeof(KEY_REDIS_PREFIX) - 1);
    text_hex(call->name + sizeof(KEY_REDIS_PREFIX) - 1, claim->name, sizeof(claim->name));
    call->key = (struct text){call->name, sizeof(call->name)};
    call->arguments[1] = text_digits(call->digits, (uint64_t)life_ms);
    call->texts = (struct redis_script_texts){
        .keys = &call->key,
        .key_count = 1,
        .args = call->arguments,
        .arg_count = KEY_REDIS_ARGUMENTS,
    };
    return redis_script_run(redis, &call->call, script, &call->texts, 0);
}

bool key_redis_claim(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim, struct text value)
{
    call->arguments[0] = TEXT("claim");
    call->arguments[2] = value;
    call->arguments[3] = TEXT("");
    return run(redis, script, call, claim, claim->run_ms);
}

bool key_redis_replace(struct redis *redis, const struct redis_script *script,
                       struct key_redis_call *call, const struct key_claim *claim, struct text own,
                       struct text value)
{
    call->arguments[0] = TEXT("replace");
    call->arguments[2] = own;
    call->arguments[3] = value;
    return run(redis, script, call, claim, claim->keep_ms);
}

bool key_redis_drop(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim, struct text own)
{
    call->arguments[0] = TEXT("drop");
    call->arguments[2] = own;
    call->arguments[3] = TEXT("");
    return run(redis, script, call, claim, claim->run_ms);
}
