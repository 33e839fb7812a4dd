/* A client of HTTP/1.1 that waits for its answer. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_CLIENT_H
#define BFF_APP_REHEARSAL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

struct rehearsal_answer {
    int status;
    struct text head; /* the lines of the header fields */
    struct text body;
};

/*
 * Sends ${request}, which says "connection: close", to ${port} of the loopback address. Returns
 * NULL, and ${*answer} is in ${pool}; or words that say why there is no answer.
 */
const char *rehearsal_client_ask(struct pool *pool, uint16_t port, struct text request,
                                 struct rehearsal_answer *answer);

/* Cuts the next field from ${*head}. Returns false at the end. ${name} is as the server wrote it.
 */
bool rehearsal_client_field(struct text *head, struct text *name, struct text *value);

#endif
