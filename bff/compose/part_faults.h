/*
 * Faults of parts that a client asks for with the header for mock services. Only in mock mode:
 *
 *     X-Mock: part:reviews timeout; part:products[2] status=503; part:user delay=300ms
 *
 * The server obeys these clauses itself, and passes the other ones on. A clause is "part:" and the
 * name of a part, and words that say what becomes of its calls: the name of a reason, "status=503",
 * "hang", "delay=300ms". Of a list part, "products[2]" is its third item, and "products[]" each
 * item. Without brackets, the list as a whole is rejected when it can be rejected for that reason;
 * otherwise it is each item, too. Clauses are separated by ';' or ','.
 */
#ifndef BFF_COMPOSE_PART_FAULTS_H
#define BFF_COMPOSE_PART_FAULTS_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/compose/plan.h"
#include "bff/compose/run_fault.h"

#define PART_FAULTS_DELAY_MAX_MS (600u * 1000)

struct part_faults {
    const struct run_fault *first; /* NULL: none */
    struct text rest;              /* the clauses for services; absent: there are none */
};

/*
 * Reads ${header}, which may be absent, for a request of ${plan}. ${*out} is in ${pool}. Returns
 * NULL, or a sentence about a mistake, in ${pool}: it names the word, and needs no escaping in
 * JSON.
 */
const char *part_faults_read(struct pool *pool, const struct plan *plan, struct text header,
                             struct part_faults *out);

/*
 * Adds to ${*out}, which part_faults_read has filled in, the clauses of ${scenario}, which may be
 * absent. A scenario is for all pages: clauses of parts that ${plan} does not have are ignored, and
 * so are those of parts that the client's header names. Returns NULL, or a sentence about a
 * mistake.
 */
const char *part_faults_add(struct pool *pool, const struct plan *plan, struct text scenario,
                            struct part_faults *out);

#endif
