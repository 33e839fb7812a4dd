/*
 * Mock services that a build may have. `--mock DIR` starts them, and the server asks them in place
 * of the real services. The server knows them only through this header. fixtures/ has the mock
 * services of the shop.
 */
#ifndef BFF_COMPOSE_MOCKS_H
#define BFF_COMPOSE_MOCKS_H

#include <stddef.h>

#include "bff/base/text.h"

#define BFF_MOCKS_ERROR_SIZE 512 /* the most bytes of a message of start, with the NUL */

struct mock; /* mock services that run; their own code defines this */

/*
 *   header  the name, in lower case, of a request header for the mock services; NULL: none. The
 *           server passes it on to services only in mock mode
 *   start   starts the mock services with the data of ${directory}. They sign tokens with ${secret}
 *           (absent: no tokens). Returns NULL when they cannot start, and writes a message without
 *           a line end to ${error}. The arguments are not used after the call
 *   url     "http://127.0.0.1:3000": where the service of this name listens, valid until stop; NULL
 *           when there is no mock of it
 *   stop    ends the mock services and frees everything. NULL: does nothing
 */
struct bff_mocks {
    const char *header;
    struct mock *(*start)(const char *directory, struct text secret, char *error,
                          size_t error_size);
    const char *(*url)(const struct mock *mock, const char *service);
    void (*stop)(struct mock *mock);
};

#endif
