/*
 * See cache_redis_script.h.
 *
 * What is in Redis. Times are in milliseconds on Redis' clock.
 *
 *     cache:<32 digits>   a value. It begins with the time when the request for it was
 *                         sent (16 digits), the id of cache:purged (16 digits), and a checksum
 *                         of both (8 digits). The bytes of cache_value.h follow
 *     cache:purged        a hash that says when what was purged:
 *         id              when the hash was made, in microseconds
 *         all             when everything was purged
 *         path:<path>     when this path was purged
 *         tag:<tag>       when this tag was purged
 *         prefixes        a list of prefixes and times, as JSON
 *
 * Redis may lose the hash, because it was full or was flushed. A new hash has another id, and
 * values with the old id are misses. So nothing that was purged comes back. The hash is read with
 * each value, so Redis does not choose it for eviction while values are used.
 *
 * The hash is bounded. When there are too many prefixes, the oldest one is removed. When there are
 * too many paths and tags, the older half of them is removed. Then everything that is not newer
 * than the removed ones is purged. The hash lives longer than any value (STAMP_MS, VALUE_MS).
 */
#include <pthread.h>

#include "bff/cache/cache_redis_script.h"

#define STAMP_MS "2764800000" /* 32 days */
#define VALUE_MS "2592000000" /* 30 days */

#define TEXT_OF(number) #number
#define DIGITS(number) TEXT_OF(number)
#define PREFIXES_MOST DIGITS(CACHE_REDIS_SCRIPT_PREFIXES)
#define STAMPS_MOST DIGITS(CACHE_REDIS_SCRIPT_STAMPS)

/* The functions that several scripts use. Redis' own scripts have no modules. */
#define NOW                                                                                        \
    "local t = redis.call('TIME')\n"                                                               \
    "local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"                                          \
    "local function digits(number) return string.format('%016.0f', number) end\n"

#define IS_PURGED                                                                                  \
    "local function is_purged(path, tags, asked, id)\n"                                            \
    "  local names = {'id', 'prefixes', 'all', 'path:' .. path}\n"                                 \
    "  for tag in string.gmatch(tags, '[^ ]+') do names[#names + 1] = 'tag:' .. tag end\n"         \
    "  local at = redis.call('HMGET', 'cache:purged', unpack(names))\n"                            \
    "  if at[1] ~= id then return true end\n"                                                      \
    "  for i = 3, #names do\n"                                                                     \
    "    if at[i] and tonumber(at[i]) >= asked then return true end\n"                             \
    "  end\n"                                                                                      \
    "  for _, row in ipairs(at[2] and cjson.decode(at[2]) or {}) do\n"                             \
    "    if row[2] >= asked and string.sub(path, 1, #row[1]) == row[1] then return true end\n"     \
    "  end\n"                                                                                      \
    "  return false\n"                                                                             \
    "end\n"                                                                                        \
    "local function seal(head) return string.sub(redis.sha1hex(head .. KEYS[1]), 1, 8) end\n"

/* Returns the id of the hash, which is made if there is none. */
#define ID                                                                                         \
    "local function make_id()\n"                                                                   \
    "  local id = digits(t[1] * 1000000 + t[2])\n"                                                 \
    "  redis.call('DEL', 'cache:purged')\n"                                                        \
    "  redis.call('HSET', 'cache:purged', 'id', id)\n"                                             \
    "  return id\n"                                                                                \
    "end\n"                                                                                        \
    "local id = redis.call('HGET', 'cache:purged', 'id') or make_id()\n"                           \
    "redis.call('PEXPIRE', 'cache:purged', '" STAMP_MS "')\n"

/* KEYS: the value. ARGV: the most bytes it may have. Returns how long ago its request was sent, in
 * milliseconds, and the value; nil: there is none. A value that was purged is removed. */
static const char get_source[] =
    IS_PURGED "if redis.call('STRLEN', KEYS[1]) > tonumber(ARGV[1]) then return false end\n"
              "local value = redis.call('GET', KEYS[1])\n"
              "if not value or string.sub(value, 33, 40) ~= seal(string.sub(value, 1, 32))\n"
              "  then return false end\n"
              "local asked, path, tags = tonumber(string.sub(value, 1, 16)),\n"
              "  tonumber(string.sub(value, 45, 50)), tonumber(string.sub(value, 51, 56))\n"
              "if not asked or not path or not tags then return false end\n"
              "tags = string.sub(value, 57 + path, 56 + path + tags)\n"
              "path = string.sub(value, 57, 56 + path)\n"
              "if is_purged(path, tags, asked, string.sub(value, 17, 32)) then\n"
              "  redis.call('UNLINK', KEYS[1])\n"
              "  return false\n"
              "end\n" NOW "return {now - asked, string.sub(value, 41)}\n";

/* KEYS: the value. ARGV: the value without its head; how long it lives, and how long ago its
 * request was sent, in milliseconds; its path; its tags. Returns 1; 0: it is purged. */
static const char set_source[] = NOW IS_PURGED ID
    "local asked = now - tonumber(ARGV[3])\n"
    "if is_purged(ARGV[4], ARGV[5], asked, id) then return 0 end\n"
    "local head = digits(asked) .. id\n"
    "local life = math.min(tonumber(ARGV[2]), " VALUE_MS ")\n"
    "redis.call('SET', KEYS[1], head .. seal(head) .. ARGV[1], 'PX', string.format('%.0f', life))\n"
    "return 1\n";

/* ARGV: "all", "path", "tag" or "prefix"; which one; a channel; a message for it. Returns 1. A time
 * never goes back, though the clock may. */
static const char purge_source[] = NOW ID
    "local purged = 'cache:purged'\n"
    "local function stamp(field, at)\n"
    "  local old = redis.call('HGET', purged, field)\n"
    "  if not old or tonumber(old) < at then redis.call('HSET', purged, field, digits(at)) end\n"
    "end\n"
    "local function add_prefix(prefix)\n"
    "  local old, rows = redis.call('HGET', purged, 'prefixes'), {}\n"
    "  for _, row in ipairs(old and cjson.decode(old) or {}) do\n"
    "    if row[1] ~= prefix then rows[#rows + 1] = row end\n"
    "  end\n"
    "  rows[#rows + 1] = {prefix, now}\n"
    "  if #rows > " PREFIXES_MOST " then stamp('all', table.remove(rows, 1)[2]) end\n"
    "  redis.call('HSET', purged, 'prefixes', cjson.encode(rows))\n"
    "end\n"
    "local function forget_half()\n"
    "  local all, times = redis.call('HGETALL', purged), {}\n"
    "  local function each(act)\n"
    "    for i = 1, #all, 2 do\n"
    "      if string.find(all[i], '^path:') or string.find(all[i], '^tag:') then\n"
    "        act(all[i], tonumber(all[i + 1]))\n"
    "      end\n"
    "    end\n"
    "  end\n"
    "  each(function(_, at) times[#times + 1] = at end)\n"
    "  table.sort(times)\n"
    "  local middle = times[math.ceil(#times / 2)]\n"
    "  each(function(field, at)\n"
    "    if at <= middle then redis.call('HDEL', purged, field) end\n"
    "  end)\n"
    "  stamp('all', middle)\n"
    "end\n"
    "if ARGV[1] == 'all' then\n"
    "  make_id()\n"
    "  stamp('all', now)\n"
    "elseif ARGV[1] == 'prefix' then add_prefix(ARGV[2])\n"
    "else\n"
    "  stamp(ARGV[1] .. ':' .. ARGV[2], now)\n"
    "  if redis.call('HLEN', purged) > " STAMPS_MOST " then forget_half() end\n"
    "end\n"
    "redis.call('PEXPIRE', purged, '" STAMP_MS "')\n"
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
