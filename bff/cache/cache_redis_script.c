/*
 * See cache_redis_script.h.
 *
 * What is in Redis:
 *
 *     cache:<32 digits>           a value: 16 digits, when the request for it was sent, in
 *                                 milliseconds on Redis' clock; 8 digits, which find damage to
 *                                 these; then the bytes of cache_value.h
 *     cache:purged:all            when everything was purged
 *     cache:purged:path:<path>    when this path was purged
 *     cache:purged:tag:<tag>      when this tag was purged
 *     cache:purged:prefixes       a hash: prefixes, and when they were purged. When there are more
 *                                 than CACHE_REDIS_SCRIPT_PREFIXES, the oldest one goes, and
 *                                 everything before its time is purged
 *
 * The times of purges live longer than any value (STAMP_MS, VALUE_MS).
 */
#include <pthread.h>

#include "bff/cache/cache_redis_script.h"

#define STAMP_MS "2764800000" /* 32 days */
#define VALUE_MS "2592000000" /* 30 days */
#define PREFIXES "64"

/* The functions that several scripts use. Redis' own scripts have no modules. */
#define NOW                                                                                        \
    "local t = redis.call('TIME')\n"                                                               \
    "local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

#define IS_PURGED                                                                                  \
    "local function is_after(key, asked)\n"                                                        \
    "  local at = redis.call('GET', key)\n"                                                        \
    "  return at and tonumber(at) >= asked\n"                                                      \
    "end\n"                                                                                        \
    "local function is_purged(path, tags, asked)\n"                                                \
    "  if is_after('cache:purged:all', asked) or is_after('cache:purged:path:' .. path, asked)\n"  \
    "    then return true end\n"                                                                   \
    "  for tag in string.gmatch(tags, '[^ ]+') do\n"                                               \
    "    if is_after('cache:purged:tag:' .. tag, asked) then return true end\n"                    \
    "  end\n"                                                                                      \
    "  local rows = redis.call('HGETALL', 'cache:purged:prefixes')\n"                              \
    "  for i = 1, #rows, 2 do\n"                                                                   \
    "    if tonumber(rows[i + 1]) >= asked and string.sub(path, 1, #rows[i]) == rows[i]\n"         \
    "      then return true end\n"                                                                 \
    "  end\n"                                                                                      \
    "  return false\n"                                                                             \
    "end\n"                                                                                        \
    "local function seal(digits) return string.sub(redis.sha1hex(digits .. KEYS[1]), 1, 8) end\n"

/* KEYS: the value. ARGV: the most bytes it may have. Returns how long ago its request was sent, in
 * milliseconds, and the value; nil: there is none. A value that was purged is removed. */
static const char get_source[] = NOW IS_PURGED
    "if redis.call('STRLEN', KEYS[1]) > tonumber(ARGV[1]) then return false end\n"
    "local value = redis.call('GET', KEYS[1])\n"
    "if not value then return false end\n"
    "local digits = string.sub(value, 1, 16)\n"
    "local asked, path, tags = tonumber(digits), tonumber(string.sub(value, 29, 34)),\n"
    "  tonumber(string.sub(value, 35, 40))\n"
    "if string.sub(value, 17, 24) ~= seal(digits) or not asked or not path or not tags\n"
    "  then return false end\n"
    "if is_purged(string.sub(value, 41, 40 + path), string.sub(value, 41 + path, 40 + path + "
    "tags),\n"
    "  asked) then\n"
    "  redis.call('UNLINK', KEYS[1])\n"
    "  return false\n"
    "end\n"
    "return {now - asked, string.sub(value, 25)}\n";

/* KEYS: the value. ARGV: the value without its time; how long it lives, and how long ago its
 * request was sent, in milliseconds; its path; its tags. Returns 1; 0: it is purged. */
static const char set_source[] = NOW IS_PURGED
    "local asked = now - tonumber(ARGV[3])\n"
    "if is_purged(ARGV[4], ARGV[5], asked) then return 0 end\n"
    "local digits = string.format('%016.0f', asked)\n"
    "local life = math.min(tonumber(ARGV[2]), " VALUE_MS ")\n"
    "redis.call('SET', KEYS[1], digits .. seal(digits) .. ARGV[1], 'PX', string.format('%.0f', "
    "life))\n"
    "return 1\n";

/* ARGV: "all", "path", "tag" or "prefix"; which one; a channel; a message for it. Returns 1. A time
 * never goes back, though the clock may. */
static const char purge_source[] =
    NOW "local function stamp(key, at)\n"
        "  local old = redis.call('GET', key)\n"
        "  if not old or tonumber(old) < at then\n"
        "    redis.call('SET', key, string.format('%.0f', at), 'PX', '" STAMP_MS "')\n"
        "  end\n"
        "end\n"
        "local function add_prefix(prefix)\n"
        "  local rows = 'cache:purged:prefixes'\n"
        "  redis.call('HSET', rows, prefix, string.format('%.0f', now))\n"
        "  redis.call('PEXPIRE', rows, '" STAMP_MS "')\n"
        "  if redis.call('HLEN', rows) <= " PREFIXES " then return end\n"
        "  local all, oldest = redis.call('HGETALL', rows), 1\n"
        "  for i = 3, #all, 2 do\n"
        "    if tonumber(all[i + 1]) < tonumber(all[oldest + 1]) then oldest = i end\n"
        "  end\n"
        "  stamp('cache:purged:all', tonumber(all[oldest + 1]))\n"
        "  redis.call('HDEL', rows, all[oldest])\n"
        "end\n"
        "if ARGV[1] == 'all' then stamp('cache:purged:all', now)\n"
        "elseif ARGV[1] == 'prefix' then add_prefix(ARGV[2])\n"
        "else stamp('cache:purged:' .. ARGV[1] .. ':' .. ARGV[2], now) end\n"
        "redis.call('PUBLISH', ARGV[3], ARGV[4])\n"
        "return 1\n";

static struct redis_script get, set, purge;

static void make(void)
{
    redis_script_init(&get, TEXT(get_source));
    redis_script_init(&set, TEXT(set_source));
    redis_script_init(&purge, TEXT(purge_source));
}

static const struct redis_script *made(const struct redis_script *script)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make);
    return script;
}

const struct redis_script *cache_redis_script_get(void) { return made(&get); }

const struct redis_script *cache_redis_script_set(void) { return made(&set); }

const struct redis_script *cache_redis_script_purge(void) { return made(&purge); }
