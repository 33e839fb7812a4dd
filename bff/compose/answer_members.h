/* The members of an answer, each with the parts that must have settled before it can be written. */
#ifndef BFF_COMPOSE_ANSWER_MEMBERS_H
#define BFF_COMPOSE_ANSWER_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/compose/run.h"

/* A part that is a member, a part whose members are spread, or a field. */
struct answer_member {
    bool is_field;
    size_t place;   /* of the part or field in the plan */
    uint32_t needs; /* bit i: part i */
};

/* Returns the members of the answer of ${run}, in the order of the answer, and their number in
 * ${*count}. They are in the run's pool. */
struct answer_member *answer_members_make(const struct run *run, size_t *count);

/* True when all parts that ${member} needs have settled. */
bool answer_members_is_ready(const struct run *run, const struct answer_member *member);

#endif
