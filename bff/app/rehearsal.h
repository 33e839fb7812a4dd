/*
 * --rehearse: asks a composite for every outcome that its parts can have, on its mock services, and
 * writes each answer as a file. Frontend teams show these answers in their own tests and stories
 * (docs/rehearsal.md). The server runs in this process, on a free port of the loopback address.
 */
#ifndef BFF_APP_REHEARSAL_H
#define BFF_APP_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/app/generation.h"
#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/types.h"

#define REHEARSAL_PARTS_MAX 10 /* with more parts, only one and two of them fail at a time */
#define EXIT_MISMATCH 1        /* an answer does not have its type, or a file cannot be written */

/* One outcome: the faults of the parts, and the answer that the client got. */
struct rehearsal_outcome {
    struct text name;   /* "user-timeout": the name of its file and of its handler */
    struct text clause; /* X-Mock; absent: nothing fails */
    struct text *words; /* one for each part, for people: "timeout"; absent: it is not told */

    int status;
    struct text fields; /* the header fields of the answer, as members of a JSON object */
    struct text body;   /* JSON */
};

struct rehearsal {
    struct pool *pool;
    struct generation *generation;
    const struct types *types;
    const struct types_page *page;
    const struct plan *plan;
    struct text name;    /* "dashboard" */
    const char *out;     /* the directory */
    uint16_t port;       /* of the server */
    struct text token;   /* absent: nobody signs in */
    struct text *params; /* in the order of plan->params */
    struct text path;    /* "/api/dashboard/u1", with a query */
    struct text body;    /* of the requests; absent: none */
    struct rehearsal_outcome *outcomes;
    size_t count;
    size_t wrong; /* mismatches that were told */
};

/*
 * Does what generation->config.rehearsal asks for. Prints mistakes and mismatches to standard
 * error, and a line about what was written to standard output. Takes over the caller's reference to
 * ${generation}. Returns the exit status: 0, EXIT_MISMATCH, or EXIT_CONFIG when the arguments are
 * wrong or the answer without any failure is no success.
 */
int rehearsal(struct generation *generation);

#endif
