/* Asks the server of a rehearsal for one outcome. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_ANSWER_H
#define BFF_APP_REHEARSAL_ANSWER_H

#include "bff/app/rehearsal.h"

/* The time in all answers that have one. A second rehearsal writes the same bytes. */
#define REHEARSAL_LOADED_AT "2026-01-01T00:00:00.000Z"

/*
 * Sends the request of ${outcome}, and fills in its answer. What differs from time to time is
 * replaced (loadedAt) or left out (Date, Server-Timing and others). Returns NULL, or a sentence
 * when there is no answer of a composite.
 */
const char *rehearsal_answer_ask(struct rehearsal *rehearsal, struct rehearsal_outcome *outcome);

/* True when the answer has status 200, and no part failed. */
bool rehearsal_answer_is_whole(const struct rehearsal_outcome *outcome);

#endif
