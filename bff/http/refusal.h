/* A refusal: the answer to a request that is not allowed to go on. It is a value; reply_refusal
 * sends it. */
#ifndef BFF_HTTP_REFUSAL_H
#define BFF_HTTP_REFUSAL_H

#include <stdbool.h>

#include "bff/base/text.h"

struct refusal {
    int status;           /* 400 to 599; 0: the request is not refused */
    const char *message;  /* of the body; it needs no escaping */
    const char *name;     /* an additional header field, in lower case; NULL: none */
    struct text value;    /* of that field; borrowed until the request is gone */
    bool ends_connection; /* an HTTP/1.1 connection ends: its next bytes may not be a request */
};

#endif
