/*
 * The members of an answer's body, one after the other, without the braces. answer.c writes all of
 * them into one object.
 */
#ifndef BFF_COMPOSE_ANSWER_BODY_H
#define BFF_COMPOSE_ANSWER_BODY_H

#include <stdint.h>

#include "bff/base/text.h"
#include "bff/compose/answer_fields.h"
#include "bff/compose/pieces.h"
#include "bff/compose/run.h"

/* An object that is being written. */
struct answer_body {
    const struct run *run;
    struct pieces *pieces;
    struct answer_fields fields;
    bool has_any; /* the object has a member */
};

/* Begins an object of the answer of ${run}, which is written to ${pieces}. */
void answer_body_init(struct answer_body *body, const struct run *run, struct pieces *pieces);

/* Adds the name of a member. ${key} is ",\"name\":"; its comma is left out for the first member. */
void answer_body_key(struct answer_body *body, struct text key);

/* Adds part ${i}, which must have settled: one member, or the members of .pick, or nothing for a
 * hidden part and for one that the client has not chosen. */
void answer_body_part(struct answer_body *body, size_t i);

/* Adds field ${i}, which is a member of the answer; nothing when the client has not chosen it. All
 * parts that it reads must have settled. */
void answer_body_field(struct answer_body *body, size_t i);

/* Adds to ${pieces} the value of part ${i} as its member has it, or its fallback. The part is not
 * spread. */
void answer_body_value(struct answer_body *body, size_t i, struct pieces *pieces);

/* Adds field ${i}, which has .concat: one list with the items of several parts. */
void answer_body_concat(struct answer_body *body, size_t i);

/* Adds the last members: loadedAt (${wall_ms} is the wall clock), partialFailure and errors, those
 * that the answer has. */
void answer_body_end(struct answer_body *body, int64_t wall_ms);

#endif
