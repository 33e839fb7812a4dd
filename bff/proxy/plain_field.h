/* Header fields, or parameters, that a plain route changes. */
#ifndef BFF_PROXY_PLAIN_FIELD_H
#define BFF_PROXY_PLAIN_FIELD_H

#include <stddef.h>

#include "bff/base/text.h"

/* A header field that the server sets on a message before it passes the message on. An absent value
 * removes the field. */
struct plain_field {
    struct text name; /* lower case */
    struct text value;
};

struct plain_fields {
    struct plain_field *rows;
    size_t count;
};

#endif
