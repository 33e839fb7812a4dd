/* The page /__bff/token: a token for the user of a recorded request, so that a developer can send
 * the request again. It exists only with --mock, and its tokens are good only for the accounts of
 * the mock services. */
#ifndef BFF_APP_INSPECT_TOKEN_H
#define BFF_APP_INSPECT_TOKEN_H

#include "bff/app/inspect_request.h"

/* The body is {"number":12}: the number of the request. Answers {"token":"..."}; 400 for another
 * body, 404 when there is no such request any more, 409 when its user has no account. */
enum step_result inspect_token_post(struct inspect_request *inspect);

#endif
