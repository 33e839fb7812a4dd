/* Media types, as in the value of a Content-Type field (RFC 9110 section 8.3.1). */
#ifndef BFF_HTTP_MEDIA_TYPE_H
#define BFF_HTTP_MEDIA_TYPE_H

#include <stdbool.h>

#include "bff/base/text.h"

/* True when ${value} says that a body is JSON in UTF-8: "application/json", or a type that ends
 * with "+json" (RFC 6839). A charset, if there is one, must be utf-8. Several values with commas
 * between them are no type. ${value} may be absent. */
bool media_type_is_json(struct text value);

#endif
