/*
 * The question to an authorizer: an HTTP request about an identity (authorizer_identity.h), and
 * about nothing else. Its texts are in the memory of the call, because the call goes on when the
 * request ends.
 */
#ifndef BFF_EDGE_AUTHORIZER_CALL_QUESTION_H
#define BFF_EDGE_AUTHORIZER_CALL_QUESTION_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/authorizer_identity.h"
#include "bff/edge/authorizer_settings.h"

/*
 *   method   "POST" or "GET"
 *   target   the path of the settings. With GET, the parameters of the query that belong to the
 *            identity follow
 *   headers  whole lines: the headers and cookies of the identity, the path, the method and the
 *            address as X-Forwarded-Uri, -Method and -For, who is signed in (caller_put), and the
 *            framing of the body
 *   body     JSON with the identity and the signed-in user; absent with GET
 */
struct authorizer_call_question {
    struct text method, target, headers, body;
};

/* Writes the question. ${request_id} is that of the request for which the call is made. All texts
 * of ${out} are in ${pool}. */
void authorizer_call_question_write(const struct authorizer_settings *settings,
                                    const struct authorizer_identity *identity,
                                    struct text request_id, struct pool *pool,
                                    struct authorizer_call_question *out);

#endif
