/* Reads what the script of limit_redis_script.h replies. */
#ifndef BFF_LIMIT_LIMIT_REDIS_REPLY_H
#define BFF_LIMIT_LIMIT_REDIS_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include <hiredis/hiredis.h>

#include "bff/limit/limit_verdict.h"

/*
 * Writes the verdicts on ${hits}, of which there are ${count}, to ${verdicts}, and how many there
 * are to ${*counted}. Returns false when ${reply} is an error of the server, or is no reply of the
 * script. Then the hits must be counted elsewhere.
 */
bool limit_redis_reply_read(const struct redisReply *reply, const struct limit_hit *hits,
                            size_t count, struct limit_verdict *verdicts, size_t *counted);

#endif
