/*
 * The caller: who sends a request, as the steps have found out, and what the services learn of
 * them. The caller is in the request's pool. Each step writes its own members, also where it finds
 * nothing out. The pages and the proxy only read them.
 *
 *   client      identity, subject_header, certificate
 *   session     is_session, session, authorization, hides_authorization, cookies, and the user
 *   api_key     key, key_header, and the user if nobody else has named one
 *   login       the user
 *   authorizer  fields, context, and the user
 */
#ifndef BFF_EDGE_CALLER_H
#define BFF_EDGE_CALLER_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/base/text_builder.h"
#include "bff/edge/login.h"
#include "bff/http/client_certificate.h"
#include "bff/upstream/service.h"

struct api_key;  /* api_key.h */
struct identity; /* identity.h: the worker's */

/*
 *   user                 the signed-in user; only with ${has_user}
 *   has_user             a token, a session, an API key or the authorizer has named a user
 *   is_session           the user was found by the session, not by Authorization
 *   is_user_of_key       the user is the one of ${key}. Then Authorization and Cookie of the client
 *                        may be those of anybody
 *   session              the id of the session (`sid`); absent: none
 *   key                  the API key of the request; NULL: none. Services get its name
 *   authorization        the value of Authorization that services get in place of the client's: the
 *                        access token of the session. Absent: the client's value passes
 *   hides_authorization  services do not get the client's Authorization
 *   cookies              the value of Cookie that services get in place of the client's: without
 *                        the cookies of this server. Empty: services get no Cookie. Absent: the
 *                        client's value passes
 *   own_cookie           the name of the cookie of sessions; absent: there are no sessions.
 *                        Services cannot set it
 *   fields               more header lines for services, each with its CRLF: the context that the
 *                        authorizer has given; absent: none
 *   key_header           the name of the header with the API key, lower case; absent: there are no
 *                        API keys
 *   context              the names of the headers that the authorizer's context may set, whether it
 *                        has set them for this request or not
 *   identity             signs a token about the user for each service; NULL: there is none
 *   subject_header       the name of the header with the subject of the client's certificate, lower
 *                        case
 *   certificate          what the client has shown in its TLS handshake; absent texts: none
 */
struct caller {
    struct login_user user;
    bool has_user;
    bool is_session;
    bool is_user_of_key;
    struct text session;
    const struct api_key *key;
    struct text authorization;
    bool hides_authorization;
    struct text cookies;
    struct text own_cookie;
    struct text fields;
    struct text key_header;
    const struct text *context;
    size_t context_count;
    struct identity *identity;
    struct text subject_header;
    struct client_certificate certificate;
};

/* Adds the lines to ${out} by which ${service} learns who asks: X-User-Id, X-User-Role,
 * X-API-Key-Name, the subject and the fingerprint of their certificate, the authorizer's context
 * and the token of ${identity}. Nothing for a caller who is not known. */
void caller_put(const struct caller *caller, const struct bff_service *service,
                struct text_builder *out);

/* True when ${name} (any case) is a header whose name is configured, and which services do not get
 * from a client: those that only this server writes, of ${identity}, of ${context} and of
 * ${subject_header}, and the one with the API key. It is also true for a name that a service
 * could read as one of ${context} (field_reads_as). A client's field of this name does not pass.
 * field_may_pass (bff/http/field.h) knows the headers with fixed names. */
bool caller_writes(const struct caller *caller, struct text name);

/* Returns what a service gets as the header ${name} (lower case) when it is to get what the client
 * has sent, which is ${value}; absent: nothing. The Authorization and the Cookie of somebody with a
 * session are not those of their browser. */
struct text caller_passes(const struct caller *caller, const char *name, struct text value);

/* Returns a text that distinguishes callers who may get different answers to the same request, for
 * the key of a cache. It does not change when a token of the same caller is renewed. Absent for a
 * caller of whom services learn nothing. */
struct text caller_distinct(const struct caller *caller, struct pool *pool);

#endif
