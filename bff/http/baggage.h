/*
 * The header field baggage (W3C Baggage): members "key=value;property", separated by commas. Any
 * client can write any member, and services may believe them. So services get only the members
 * whose keys the operator has listed.
 */
#ifndef BFF_HTTP_BAGGAGE_H
#define BFF_HTTP_BAGGAGE_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/request.h"

#define BAGGAGE_BYTES ((size_t)8192) /* the longest list that is read, and that is made */
#define BAGGAGE_MEMBERS 64           /* of the list that is made */

/*
 * Returns the members of ${list} whose keys are among ${names}, in their order, separated by
 * commas. A member that does not follow the grammar (section 3.3.1.1) is left out. The result is in
 * ${pool}. It is absent when nothing is left, or when ${list} is longer than BAGGAGE_BYTES.
 */
struct text baggage_filter(struct pool *pool, struct text list, const struct text *names,
                           size_t count);

/* Returns what services get of the baggage of ${request}, by the configuration of ${request};
 * absent: nothing. */
struct text baggage_of(const struct request *request);

#endif
