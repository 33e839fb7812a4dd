/* The page /__bff/composites: the tables of the composites, for a picture of them. */
#ifndef BFF_APP_INSPECT_COMPOSITES_H
#define BFF_APP_INSPECT_COMPOSITES_H

#include "bff/app/inspect_request.h"

/* Answers with all composites of the build and the columns that say which part waits for which, and
 * where its value goes. docs/inspect.md shows the members. */
enum step_result inspect_composites_get(struct inspect_request *inspect);

/* Returns the name of the composite of ${plan}: that of its type, with a small letter at its
 * beginning ("dashboard"). In ${pool}. */
struct text inspect_composites_name(struct pool *pool, const struct pages *pages,
                                    const struct plan *plan);

#endif
