/* A refusal: the answer to a request that is not allowed. It is only a value; reply_refusal sends
 * it. */
#ifndef BFF_HTTP_REFUSAL_H
#define BFF_HTTP_REFUSAL_H

#include <stdbool.h>

#include "bff/base/text.h"

struct refusal {
    int status;           /* 400 to 599; 0: the request is not refused */
    const char *message;  /* the message of the body; it needs no escaping */
    struct text members;  /* further members of the body, "\"cached\":false"; empty: none */
    const char *name;     /* name of an additional header field, in lower case; NULL: none */
    struct text value;    /* value of that field; borrowed until the request is freed */
    bool ends_connection; /* close an HTTP/1.1 connection: its next bytes may not be a request */
};

/* What clients read when somebody whom the server must ask does not answer. */
#define REFUSAL_UNAVAILABLE "Service temporarily unavailable"

/* Returns 503 with ${message} and Retry-After: 1. The client may try again soon, because the server
 * itself is well. */
static inline struct refusal refusal_away(const char *message)
{
    return (struct refusal){
        .status = 503, .message = message, .name = "retry-after", .value = TEXT("1")};
}

#endif
