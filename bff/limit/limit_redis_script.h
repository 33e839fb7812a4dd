/*
 * The Lua script that counts all hits of one request in Redis, in one atomic step.
 *
 *   KEYS[i]   the key of hit i
 *   ARGV      LIMIT_REDIS_ARGUMENTS for each hit:
 *               the algorithm
 *               "1" when the rule is a dry run, else "0"
 *               the cost of the request
 *               LIMIT_REDIS_NUMBERS numbers of the algorithm, in the order of the functions of the
 * script
 *
 * The reply is a list of integers: first the time in microseconds (0 when no hit needs it), then
 * LIMIT_REDIS_NUMBERS for each hit that was counted. These numbers are the state of the key BEFORE
 * this request (with fixed: the count with this request, and the rest of the window). So the
 * verdict is computed by the functions that also decide in memory (limit_redis_reply.h), and both
 * stores give the same answers. As in memory, the first hit that refuses ends the count.
 *
 * The script takes the time from Redis, so that instances with different clocks agree. Every key
 * has an expiry time: the time when its limit is whole again.
 */
#ifndef BFF_LIMIT_LIMIT_REDIS_SCRIPT_H
#define BFF_LIMIT_LIMIT_REDIS_SCRIPT_H

#include "bff/base/text.h"

#define LIMIT_REDIS_NUMBERS 5
#define LIMIT_REDIS_ARGUMENTS (3 + LIMIT_REDIS_NUMBERS)

extern const struct text limit_redis_script;

#endif
