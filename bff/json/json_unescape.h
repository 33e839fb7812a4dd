/* Decodes strings with escapes. Private to json.c. */
#ifndef BFF_JSON_JSON_UNESCAPE_H
#define BFF_JSON_JSON_UNESCAPE_H

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * Decodes ${inside}, the valid text between the quotes of a string, into ${pool}. JSON allows the
 * escape of a lone surrogate ("\ud800"), but UTF-8 cannot encode a surrogate. So a lone surrogate
 * becomes U+FFFD.
 */
struct text json_unescape(struct text inside, struct pool *pool);

#endif
