/* The own machine, by its names and addresses. What is sent there cannot be read by others. */
#ifndef BFF_BASE_LOCALHOST_H
#define BFF_BASE_LOCALHOST_H

#include <stdbool.h>

#include "bff/base/text.h"

/* True when ${host}, without a port, is this machine: "localhost" or a name below it, in any case
 * (RFC 6761 section 6.3); an address of 127.0.0.0/8; or ::1, perhaps in brackets. */
bool localhost_is(struct text host);

#endif
