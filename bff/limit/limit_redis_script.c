/*
 * See limit_redis_script.h. Redis 5 or newer can run it: older ones do not let a script write after
 * it has asked for the time.
 */
#include "bff/limit/limit_redis_script.h"

/* C99 demands less, but our compilers take a literal of any length. */
#pragma GCC diagnostic ignored "-Woverlength-strings"
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
    "  local a, b, c, d, e, f = value:match(pattern)\n"
    "  return tonumber(a), tonumber(b), tonumber(c), tonumber(d), tonumber(e), tonumber(f)\n"
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

    /* The calendar, as limit_period.c computes it: the first day of a month in days since 1970, and
     * the number of the period that has the time ${at}, with the ms until its end. */
    "local sums = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}\n"
    "local function first(month)\n"
    "  local year, of = floor(month / 12), month % 12\n"
    "  local past = 1969 + year + (of > 1 and 1 or 0)\n"
    "  local leaps = floor(past / 4) - floor(past / 100) + floor(past / 400) - 477\n"
    "  return year * 365 + leaps + sums[of + 1]\n"
    "end\n"
    "local function month(at)\n"
    "  local day = floor(at / 86400000)\n"
    "  local number = floor(day * 4800 / 146097)\n"
    "  if first(number) > day then number = number - 1\n"
    "  elseif first(number + 1) <= day then number = number + 1 end\n"
    "  return number, first(number + 1) * 86400000 - at\n"
    "end\n"
    "local lengths, over = {60000, 3600000, 86400000, 604800000}, {0, 0, 0, 259200000}\n"
    "local function period(i, at)\n"
    "  if i == 5 then return month(at) end\n"
    "  at = at + over[i]\n"
    "  return floor(at / lengths[i]), lengths[i] - at % lengths[i]\n"
    "end\n"

    /* The requests in the periods of the last request, and its time. Those of the week and the
     * month stand behind the time, and only if there is such a limit: without it, the value is the
     * one of earlier versions of this server. A time that is too far away is not ours. */
    "function count.calendar(key, cost, ...)\n"
    "  local limits, refused, life, counts = {...}, false, 0, {0, 0, 0, 0, 0}\n"
    "  local long = limits[4] + limits[5] > 0\n"
    "  local a, b, c, last, d, e = read(key, '^c (%d+) (%d+) (%d+) (%d+) ?(%d*) ?(%d*)$')\n"
    "  local known = {a, b, c, d or 0, e or 0}\n"
    "  if last and last > ms + 2678400000 then last = nil end\n"
    "  for i, limit in ipairs(limits) do\n"
    "    if i <= 3 or long then\n"
    "      local number, left = period(i, ms)\n"
    "      if last and period(i, last) == number then counts[i] = known[i] end\n"
    "      if limit > 0 then\n"
    "        life = max(life, left)\n"
    "        refused = refused or counts[i] + cost > limit\n"
    "      end\n"
    "    end\n"
    "  end\n"
    "  a, b, c, d, e = unpack(counts)\n"
    "  if refused then return true, a, b, c, d, e end\n"
    "  local pattern = 'c %.0f %.0f %.0f %.0f' .. (long and ' %.0f %.0f' or '')\n"
    "  write(key, life, pattern, a + cost, b + cost, c + cost, ms, d + cost, e + cost)\n"
    "  return false, a, b, c, d, e\n"
    "end\n"
    "local reply = {0}\n"
    "for i, key in ipairs(KEYS) do\n"
    "  local at, numbers = 8 * i - 7, {}\n"
    "  for j = 1, 6 do numbers[j] = tonumber(ARGV[at + 1 + j]) end\n"
    "  if us == 0 and ARGV[at] ~= 'fixed' then clock() end\n"
    "  local refused, a, b, c, d, e = count[ARGV[at]](key, unpack(numbers))\n"
    "  local last = #reply\n"
    "  reply[last + 1], reply[last + 2], reply[last + 3] = a, b, c\n"
    "  reply[last + 4], reply[last + 5] = d or 0, e or 0\n"
    "  if refused and ARGV[at + 1] == '0' then break end\n"
    "end\n"
    "reply[1] = us\n"
    "return reply\n";

const struct text limit_redis_script = {.at = script, .len = sizeof(script) - 1};
