/*
 * See limit_redis_script.h. Redis 5 or newer can run it: older ones do not let a script write after
 * it has asked for the time.
 */
#include "bff/limit/limit_redis_script.h"

static const char script[] =
    "local floor, ceil, max, min = math.floor, math.ceil, math.max, math.min\n"
    "local us, ms = 0, 0\n"
    "local function clock()\n"
    "  local time = redis.call('TIME')\n"
    "  us = time[1] * 1000000 + time[2]\n"
    "  ms = floor(us / 1000)\n"
    "end\n"

    /* A key may have a value of another program, or of a rule that had another algorithm. Such a
     * value is as good as none: the next write replaces it. All other errors end the script, and
     * then the counts in memory decide. */
    "local function read(key, pattern)\n"
    "  local value = redis.pcall('GET', key)\n"
    "  if type(value) == 'table' and not value.err:find('WRONGTYPE') then error(value.err) end\n"
    "  if type(value) ~= 'string' or #value > 80 then return end\n"
    "  local a, b, c, d = value:match(pattern)\n"
    "  return tonumber(a), tonumber(b), tonumber(c), tonumber(d)\n"
    "end\n"
    "local function write(key, life, ...)\n"
    "  redis.call('SET', key, string.format(...), 'PX', string.format('%.0f', max(ceil(life), "
    "1)))\n"
    "end\n"
    "local count = {}\n"

    /* The value and its expiry time are those of rate-limit-redis, so that an express-rate-limit
     * can share the counter. A value that is no number, and a window that is longer than the
     * rule's, begin again. Refused requests count. */
    "function count.fixed(key, cost, window, most)\n"
    "  local left, total = redis.call('PTTL', key)\n"
    "  if left > 0 and left <= window then\n"
    "    total = redis.pcall('INCRBY', key, cost)\n"
    "    if type(total) == 'number' then return total > most, total, left, 0 end\n"
    "    write(key, window, '0')\n"
    "    return cost > most, redis.call('INCRBY', key, cost), window, 0\n"
    "  end\n"
    "  write(key, window, '%.0f', cost)\n"
    "  return cost > most, cost, window, 0\n"
    "end\n"

    /* The number of the window, the requests of the window before, and those of this one. */
    "function count.sliding(key, cost, window, most)\n"
    "  local number, past = floor(ms / window), ms % window\n"
    "  local known, before, now = read(key, '^s (%d+) (%d+) (%d+)$')\n"
    "  if known == number - 1 then before, now = now, 0\n"
    "  elseif known ~= number then before, now = 0, 0 end\n"
    "  before, now = min(before, most), min(now, most)\n"
    "  if before * (window - past) + (now + cost) * window > most * window then\n"
    "    return true, before, now, 0\n"
    "  end\n"
    "  write(key, 2 * window - past, 's %.0f %.0f %.0f', number, before, now + cost)\n"
    "  return false, before, now, 0\n"
    "end\n"

    /* The time at which the bucket is full. A time that is too far away is not ours; after a
     * failover to a server with another clock, a minute is accepted. Numbers of nanoseconds are
     * exact only when they are small, so the value is in microseconds. */
    "function count.tokens(key, cost, token, most)\n"
    "  local full = read(key, '^t (%d+)$') or 0\n"
    "  local used = max(full - us, 0) * 1000\n"
    "  if used > most * token + 60e9 then used = 0 end\n"
    "  used = min(used, most * token)\n"
    "  full = us + floor(used / 1000)\n"
    "  if used + cost * token > most * token then return true, full, 0, 0 end\n"
    "  used = floor((used + cost * token) / 1000)\n"
    "  write(key, used / 1000, 't %.0f', us + used)\n"
    "  return false, full, 0, 0\n"
    "end\n"

    /* The excess in thousandths, and the time of the last request that was counted. */
    "function count.leaky(key, cost, rate, burst)\n"
    "  local known, last = read(key, '^l (%d+) (%d+)$')\n"
    "  if not known or last > ms + 60000 then known, last = 0, 0 end\n"
    "  known = min(known, burst)\n"
    "  local excess = max(known - floor(rate * max(ms - last, 0) / 1000), -1000) + cost * 1000\n"
    "  if excess > burst then return true, known, last, 0 end\n"
    "  write(key, (excess + 1000) * 1000 / rate, 'l %.0f %.0f', excess, ms)\n"
    "  return false, known, last, 0\n"
    "end\n"
    "local lengths = {60000, 3600000, 86400000}\n"

    /* The requests in the minute, the hour and the day of the last request, and its time. */
    "function count.calendar(key, cost, ...)\n"
    "  local known = {read(key, '^c (%d+) (%d+) (%d+) (%d+)$')}\n"
    "  local last, refused, life, counts = known[4], false, 0, {}\n"
    "  for i, length in ipairs(lengths) do\n"
    "    local limit = select(i, ...)\n"
    "    counts[i] = last and floor(last / length) == floor(ms / length) and known[i] or 0\n"
    "    if limit > 0 then\n"
    "      life = length - ms % length\n"
    "      refused = refused or counts[i] + cost > limit\n"
    "    end\n"
    "  end\n"
    "  local a, b, c = unpack(counts)\n"
    "  if not refused then\n"
    "    write(key, life, 'c %.0f %.0f %.0f %.0f', a + cost, b + cost, c + cost, ms)\n"
    "  end\n"
    "  return refused, a, b, c\n"
    "end\n"
    "local reply = {0}\n"
    "for i, key in ipairs(KEYS) do\n"
    "  local at, numbers = 6 * i - 5, {}\n"
    "  for j = 1, 4 do numbers[j] = tonumber(ARGV[at + 1 + j]) end\n"
    "  if us == 0 and ARGV[at] ~= 'fixed' then clock() end\n"
    "  local refused, a, b, c = count[ARGV[at]](key, unpack(numbers))\n"
    "  local last = #reply\n"
    "  reply[last + 1], reply[last + 2], reply[last + 3] = a, b, c\n"
    "  if refused and ARGV[at + 1] == '0' then break end\n"
    "end\n"
    "reply[1] = us\n"
    "return reply\n";

const struct text limit_redis_script = {.at = script, .len = sizeof(script) - 1};
