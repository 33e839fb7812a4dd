/* Finds out which member of an answer takes the most bytes. */
#ifndef BFF_COMPOSE_ANSWER_LARGEST_H
#define BFF_COMPOSE_ANSWER_LARGEST_H

#include <stddef.h>

#include "bff/base/text.h"
#include "bff/compose/run.h"

struct answer_largest {
    struct text name; /* of a part, or of a computed member; absent: the answer has neither */
    size_t bytes;     /* with its name; of all members of a part that is spread */
};

/* Returns the largest part or computed member of the answer of ${run}, which is over and has not
 * failed. It makes each of them once more, so it is for rare cases. */
struct answer_largest answer_largest_of(const struct run *run);

#endif
