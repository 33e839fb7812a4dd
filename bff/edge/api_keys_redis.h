/* Asks Redis about an API key: the hash "api_key:<sha256>". A part of api_keys_worker.c. */
#ifndef BFF_EDGE_API_KEYS_REDIS_H
#define BFF_EDGE_API_KEYS_REDIS_H

#include "bff/edge/api_keys_call.h"

struct redis;

/* Begins a call, which is in the list ${calls}. It may end at once. */
void api_keys_redis_start(h2o_linklist_t *calls, struct redis *redis,
                          const struct api_keys_settings *settings, const unsigned char *digest,
                          struct verdict_lead *lead);

#endif
