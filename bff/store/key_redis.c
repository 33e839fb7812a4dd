/* See key_redis.h. The script runs in Redis 3.2 and newer. */
#include "bff/store/key_redis.h"

/*
 *   KEYS[1]  the key
 *   ARGV[1]  "claim", "replace", "mark", "leave" or "drop"
 *   ARGV[2]  the life of the new value in milliseconds
 *   ARGV[3]  the running time in milliseconds
 *   ARGV[4]  the value of the key when it is running for the claim for the first time
 *   ARGV[5]  the new value; with "claim": of a key whose running time is over
 *
 * In a value, the second byte is the state, and then come 32 bytes of the fingerprint and 16 of the
 * owner. Before Redis 5, a script that has read the clock may only write after replicate_commands.
 */
static const char source[] =
    "redis.replicate_commands()\n"
    "local command, life, run, own, new = unpack(ARGV)\n"
    "local value = redis.call('GET', KEYS[1])\n"
    "local time = redis.call('TIME')\n"
    "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"
    "local function set(bytes, ends)\n"
    "  redis.call('SET', KEYS[1], bytes .. string.format('%016d', ends), 'PX', life)\n"
    "end\n"
    "local state, ends\n"
    "if value and #value == #own + 16 and string.find(string.sub(value, 2, 2), '[rou]') then\n"
    "  state = string.sub(value, 2, 2)\n"
    "  ends = tonumber(string.sub(value, -16)) or 0\n"
    "  value = string.sub(value, 1, -17)\n"
    "end\n"
    "if command == 'claim' then\n"
    "  if not value then set(own, now + run) return 1 end\n"
    "  if not state or ends > now or string.sub(value, 3, 34) ~= string.sub(own, 3, 34) then\n"
    "    return value\n"
    "  end\n"
    "  if state == 'u' then return 3 end\n"
    "  set(new, now + run)\n"
    "  return 2\n"
    "end\n"
    "if not state or string.sub(value, 3, 50) ~= string.sub(own, 3, 50) then return 0 end\n"
    "if command == 'replace' then redis.call('SET', KEYS[1], new, 'PX', life)\n"
    "elseif command == 'mark' then set(new, now + run)\n"
    "elseif command == 'drop' and state == 'r' then redis.call('DEL', KEYS[1])\n"
    "else set(new, 0) end\n"
    "return 1\n";

void key_redis_script(struct redis_script *script) { redis_script_init(script, TEXT(source)); }

/* The arguments are those of the script. */
static bool run(struct redis *redis, const struct redis_script *script, struct key_redis_call *call,
                const struct key_claim *claim, struct text command, struct text value,
                int64_t life_ms)
{
    memcpy(call->name, KEY_REDIS_PREFIX, sizeof(KEY_REDIS_PREFIX) - 1);
    text_hex(call->name + sizeof(KEY_REDIS_PREFIX) - 1, claim->name, sizeof(claim->name));
    call->key = (struct text){call->name, sizeof(call->name)};
    call->arguments[0] = command;
    call->arguments[1] = text_digits(call->life, (uint64_t)life_ms);
    call->arguments[2] = text_digits(call->run, (uint64_t)claim->run_ms);
    call->arguments[3] = key_answer_running(claim, KEY_ANSWER_FIRST, call->own);
    call->arguments[4] = value;
    call->texts = (struct redis_script_texts){
        .keys = &call->key,
        .key_count = 1,
        .args = call->arguments,
        .arg_count = KEY_REDIS_ARGUMENTS,
    };
    return redis_script_run(redis, &call->call, script, &call->texts, 0);
}

/* The key stays running as ${next} says, or may be claimed. */
static bool run_on(struct redis *redis, const struct redis_script *script,
                   struct key_redis_call *call, const struct key_claim *claim, struct text command,
                   enum key_answer_run next)
{
    return run(redis, script, call, claim, command, key_answer_running(claim, next, call->next),
               claim->run_ms + claim->keep_ms);
}

bool key_redis_claim(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim)
{
    return run_on(redis, script, call, claim, TEXT("claim"), KEY_ANSWER_AGAIN);
}

bool key_redis_replace(struct redis *redis, const struct redis_script *script,
                       struct key_redis_call *call, const struct key_claim *claim,
                       struct text value)
{
    return run(redis, script, call, claim, TEXT("replace"), value, claim->keep_ms);
}

bool key_redis_mark(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim)
{
    return run_on(redis, script, call, claim, TEXT("mark"), KEY_ANSWER_UNDOING);
}

bool key_redis_leave(struct redis *redis, const struct redis_script *script,
                     struct key_redis_call *call, const struct key_claim *claim)
{
    return run_on(redis, script, call, claim, TEXT("leave"), KEY_ANSWER_AGAIN);
}

bool key_redis_drop(struct redis *redis, const struct redis_script *script,
                    struct key_redis_call *call, const struct key_claim *claim)
{
    return run_on(redis, script, call, claim, TEXT("drop"), KEY_ANSWER_AGAIN);
}
