/* The greeting of a link: see redis_link.h. */
#ifndef BFF_STORE_REDIS_LINK_GREET_H
#define BFF_STORE_REDIS_LINK_GREET_H

#include "bff/store/redis_link.h"

/* Sends the commands of the greeting. */
void redis_link_greet(struct redis_link *link);

/* Takes the answer to the next command of the greeting. Returns what is wrong with it. */
enum redis_fault redis_link_take_greeting(struct redis_link *link, const struct redisReply *reply);

/* True when all commands of the greeting have been answered. */
bool redis_link_is_greeted(const struct redis_link *link);

#endif
