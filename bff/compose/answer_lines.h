/*
 * The messages of an answer that is sent as its parts settle: docs/streaming.md has their form.
 * Their members have the same bytes as in the JSON answer, because answer_body.h writes both.
 */
#ifndef BFF_COMPOSE_ANSWER_LINES_H
#define BFF_COMPOSE_ANSWER_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/compose/answer_members.h"
#include "bff/compose/pieces.h"
#include "bff/compose/run.h"

/* Adds the head: the names of all members that the answer may have. */
void answer_lines_head(const struct run *run, const struct answer_member *members, size_t count,
                       struct pieces *out);

/* Adds the message of ${member}, which is ready (answer_members_is_ready). */
void answer_lines_member(const struct run *run, const struct answer_member *member,
                         struct pieces *out);

/* Adds the end of an answer that is over. ${server} and ${wall_ms} are as in answer_make. */
void answer_lines_end(const struct run *run, struct text server, int64_t wall_ms,
                      struct pieces *out);

#endif
