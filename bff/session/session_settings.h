/* Sessions of browsers: what an operator may configure. Plain data. */
#ifndef BFF_SESSION_SESSION_SETTINGS_H
#define BFF_SESSION_SESSION_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/text.h"
#include "bff/edge/login.h"

struct bff_service;
struct trust;

#define SESSION_KEY_BYTES 32 /* the least bytes of a key */
#define SESSION_KEYS_MAX 8
#define SESSION_PROVIDERS_MAX 16

enum session_store_kind {
    SESSION_STORE_COOKIE, /* the cookie has the session, sealed */
    SESSION_STORE_REDIS,  /* the cookie has the session's id, and Redis has the session */
};

enum session_same_site {
    SESSION_LAX,
    SESSION_STRICT,
};

/*
 * The login of a service, which answers with tokens in JSON.
 *
 *   path             POST ${path} of this server is the login, such as "/api/auth/login"; absent:
 *                    there is no such login
 *   token            the member of the answer with the access token: "token", "data.token"
 *   refresh_token    the member with the refresh token, which may be missing in the answer
 *   expires_in       the member with the seconds until the access token ends; when it is missing,
 *                    the claim `exp` of the token says it
 *   refresh_service  is asked for new tokens; NULL: the tokens cannot be renewed
 *   refresh_path     of that question, POST
 *   refresh_body     the member of the question with the refresh token
 */
struct session_login_settings {
    struct text path;
    const char *token;
    const char *refresh_token;
    const char *expires_in;
    const struct bff_service *refresh_service;
    struct text refresh_path;
    const char *refresh_body;
};

/*
 * An OpenID provider.
 *
 *   name                letters, digits, '-' and '_'
 *   issuer              the provider's URL, without '/' at its end unless the provider's own `iss`
 *                       has it. Its discovery document is below it
 *   client_id, client_secret  of this server at the provider; a public client has no secret
 *   client_secret_file  the file from which the configuration reads ${client_secret}; NULL: none
 *   scopes              separated by one space, with "openid"
 *   timeout_ms          of one call to the provider
 *   ca_file             PEM, the authorities that are trusted; NULL: the system's
 *   trust               loaded from ${ca_file}; owned by the configuration. NULL: ${issuer} is http
 *   user, role, scope, splits_roles
 *                       the claims of the ID token, as in struct login_settings; none: `sub`,
 * `role` and `scope` sends_logout        /bff/logout sends the browser to the provider's logout
 * page, when the provider has one
 */
struct session_provider_settings {
    struct text name;
    struct text issuer;
    struct text client_id;
    struct text client_secret;
    char *client_secret_file;
    struct text scopes;
    uint32_t timeout_ms;
    char *ca_file;
    struct trust *trust;
    struct login_paths user, role, scope;
    bool splits_roles;
    bool sends_logout;
};

/*
 *   is_on            the file has `session`
 *   store            where sessions are
 *   keys             secrets of at least SESSION_KEY_BYTES bytes: the first one seals, and all
 *                    open. At least one
 *   cookie           the whole name of the cookie: "__Host-bff", or "bff" with
 *                    ${is_insecure_localhost}
 *   same_site        of the cookie
 *   idle_s           a session ends when it was not used for so many seconds
 *   absolute_s       and so many seconds after the login
 *   renew_before_s   tokens are renewed so many seconds before they end
 *   takes_bearer     requests may have a Bearer token in place of a session
 *   origins          "https://shop.example": the values of Origin that are ours. None: the origin
 *                    of the request's own scheme and host
 *   after_login      the path to which a browser goes after a login without returnUrl
 *   max_bytes        of all cookies of a session
 *   is_insecure_localhost  for development: the cookie has no Secure
 *   login            of a service
 *   providers        of OpenID Connect; perhaps none
 */
struct session_settings {
    bool is_on;
    enum session_store_kind store;
    const struct text *keys;
    size_t key_count;
    struct text cookie;
    enum session_same_site same_site;
    uint32_t idle_s;
    uint32_t absolute_s;
    uint32_t renew_before_s;
    bool takes_bearer;
    const struct text *origins;
    size_t origin_count;
    struct text after_login;
    size_t max_bytes;
    bool is_insecure_localhost;
    struct session_login_settings login;
    struct session_provider_settings *providers;
    size_t provider_count;
};

#endif
