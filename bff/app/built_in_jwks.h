/* The page /.well-known/jwks.json: the public keys that verify the tokens which services get. */
#ifndef BFF_APP_BUILT_IN_JWKS_H
#define BFF_APP_BUILT_IN_JWKS_H

#include "bff/app/request_context.h"

/* For the table of pages (built_in_pages.h). */
bool built_in_jwks_is_there(const struct dispatch *dispatch);
enum step_result built_in_jwks(struct request_context *context);

#endif
