/*
 * Mock services that a build may have. `--mock DIR` starts them, and the server asks them in place
 * of the real services. The server knows them only through this header. fixtures/ has the mock
 * services of the shop.
 */
#ifndef BFF_COMPOSE_MOCKS_H
#define BFF_COMPOSE_MOCKS_H

#include <stddef.h>

#include "bff/base/text.h"

#define BFF_MOCKS_ERROR_SIZE 512 /* bytes that every message of start fits in, with the NUL */

struct mock; /* running mock services, as their own code has them */

/*
 *   header  a request header, lower case, that clients send to the mock services; NULL: none. It is
 *           passed on to services in mock mode only
 *   start   starts them with the data of ${directory}; they sign tokens with ${secret} (absent: no
 *           tokens). Returns NULL when they cannot start, and writes a message without a line end
 *           to ${error}. The arguments are not needed afterwards
 *   url     "http://127.0.0.1:3000": where the service of this name listens, valid until stop; NULL
 *           when there is no mock of it
 *   stop    ends them and frees all. NULL: nothing
 */
struct bff_mocks {
    const char *header;
    struct mock *(*start)(const char *directory, struct text secret, char *error,
                          size_t error_size);
    const char *(*url)(const struct mock *mock, const char *service);
    void (*stop)(struct mock *mock);
};

#endif
