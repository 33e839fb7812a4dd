/*
 * The API keys of a configuration. All workers share the object; api_keys_worker.h looks keys up in
 * one worker. docs/api-keys.md explains the rules to operators.
 */
#ifndef BFF_EDGE_API_KEYS_SHARED_H
#define BFF_EDGE_API_KEYS_SHARED_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/published.h"
#include "bff/edge/api_keys_settings.h"

struct api_keys_file;

struct api_keys_shared {
    const struct api_keys_settings *settings; /* borrowed */
    struct published file;                    /* an api_keys_file; nothing with another source */
};

/* ${settings->source} is not API_KEYS_OFF. ${file} is the file of the settings, to which the
 * result gets a reference of its own; NULL with another source. */
struct api_keys_shared *api_keys_shared_new(const struct api_keys_settings *settings,
                                            struct api_keys_file *file);

/* NULL: does nothing. No worker uses it any more. */
void api_keys_shared_free(struct api_keys_shared *keys);

/* True when requests for ${path}, as the client wrote it, have API keys. ${pool} is the request's.
 */
bool api_keys_shared_match(const struct api_keys_shared *keys, struct pool *pool, struct text path);

#endif
