/* The paths for which a rule holds, as an operator has written them. */
#ifndef BFF_EDGE_PATH_LIST_H
#define BFF_EDGE_PATH_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* True when ${base}, an item of a list, has ${path}. Both are in their lenient reading. */
bool path_list_item_has(struct text base, struct text path);

/*
 * True when one of the ${count} ${paths} has ${path}, the path of a request as the client wrote it.
 * "/api/" is a prefix, which also has "/api", and "/api/users" is one path. Each is in its lenient
 * reading (bff/base/path_reading.h), and ${path} is read so, too. The case of letters does not
 * matter. So no spelling that some service understands avoids a rule.
 */
bool path_list_has(const struct text *paths, size_t count, struct pool *pool, struct text path);

#endif
