/* Asks a service about an API key: GET with X-API-Key-Sha256. A part of api_keys_worker.c. */
#ifndef BFF_EDGE_API_KEYS_SERVICE_H
#define BFF_EDGE_API_KEYS_SERVICE_H

#include "bff/edge/api_keys_call.h"

struct upstream;

/* Begins a call, which is in the list ${calls}. */
void api_keys_service_start(h2o_linklist_t *calls, struct upstream *upstream,
                            const struct api_keys_settings *settings, const unsigned char *digest,
                            struct verdict_lead *lead);

/* Reads an answer of the service into ${row}, whose texts are in ${pool} or in ${answer}. Returns
 * false when it is no JSON object, or a member has another kind than it should. */
bool api_keys_service_read(struct json answer, struct pool *pool, struct api_key_row *row);

#endif
