/* The token of the user who asks in a rehearsal. For rehearsal_values.c. */
#ifndef BFF_APP_REHEARSAL_TOKEN_H
#define BFF_APP_REHEARSAL_TOKEN_H

#include "bff/app/rehearsal.h"

/*
 * Returns a token that is good for one hour, signed with the secret of the mock services. Its user
 * may see the page: with an owner in the path it is the owner, otherwise it has the role or the
 * scopes that the composite asks for. Absent: there is no login.
 */
struct text rehearsal_token_make(const struct rehearsal *rehearsal);

#endif
