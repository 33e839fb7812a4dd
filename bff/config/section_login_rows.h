/* The rows that login and each item of login.issuers have, so that both read the same. Parts of
 * section_login.c and section_login_issuers.c. */
#ifndef BFF_CONFIG_SECTION_LOGIN_ROWS_H
#define BFF_CONFIG_SECTION_LOGIN_ROWS_H

#include "bff/config/kind.h"

/* ${path} is "login" or "login.issuers.*". ${base} is the offset of the struct login_settings. */
#define SECTION_LOGIN_AT(base, member) ((base) + offsetof(struct login_settings, member))

/* What a token's claims must be, and which of them name the user. */
#define SECTION_LOGIN_ROWS_CLAIMS(path, base)                                                      \
    {path ".audience", &kind_string, SECTION_LOGIN_AT(base, audience), .shown = "any",             \
     .about = "what a token's aud must be, or contain"},                                           \
        {path ".type", &kind_token_type, SECTION_LOGIN_AT(base, type), .normal = "any",            \
         .about = "what a token's typ must be: any, or at+jwt (RFC 9068)"},                        \
        {path ".claims.user", &kind_claims, SECTION_LOGIN_AT(base, user), .shown = "id, or sub",   \
         .about = "the claim that names the user; of several, the first that a token has"},        \
        {path ".claims.role", &kind_claims, SECTION_LOGIN_AT(base, role), .shown = "role",         \
         .about = "the claim with the user's roles: a.b is the member b of the claim a"},          \
        {path ".claims.split_roles", &kind_bool, SECTION_LOGIN_AT(base, splits_roles),             \
         .normal = "false", .about = "true: a text with roles is split at its spaces"},            \
        {path ".claims.scope", &kind_claims, SECTION_LOGIN_AT(base, scope),                        \
         .shown = "scope, or scp",                                                                 \
         .about = "the claim with the user's scopes: a list, or separated by spaces"},             \
        {path ".leeway", &kind_seconds,   SECTION_LOGIN_AT(base, leeway_seconds),  0,              \
         3600,           .normal = "30s", .about = "by how much clocks may differ"},               \
    {                                                                                              \
        path ".require_exp", &kind_bool, SECTION_LOGIN_AT(base, require_exp),                      \
            .normal = "true", .about = "refuse tokens that never expire"                           \
    }

/* The keys that are fetched from a URL. */
#define SECTION_LOGIN_ROWS_JWKS(path, base)                                                        \
    {path ".jwks.url", &kind_url, SECTION_LOGIN_AT(base, jwks.url), .shown = "none",               \
     .about = "more public keys: the URL of a JWK Set, https"},                                    \
        {path ".jwks.discovery", &kind_bool, SECTION_LOGIN_AT(base, jwks.is_discovery),            \
         .normal = "false",                                                                        \
         .about = "true: url is an OpenID issuer's, and its discovery document names the keys"},   \
        {path ".jwks.refresh",                                                                     \
         &kind_duration,                                                                           \
         SECTION_LOGIN_AT(base, jwks.refresh_ms),                                                  \
         UNITS_SECOND,                                                                             \
         24 * UNITS_HOUR,                                                                          \
         .normal = "10m",                                                                          \
         .about = "how often the keys are fetched"},                                               \
        {path ".jwks.min_interval",                                                                \
         &kind_duration,                                                                           \
         SECTION_LOGIN_AT(base, jwks.min_interval_ms),                                             \
         100,                                                                                      \
         UNITS_HOUR,                                                                               \
         .normal = "30s",                                                                          \
         .about = "how long unknown keys cause no fetch, after one that found no new key"},        \
        {path ".jwks.timeout", &kind_duration, SECTION_LOGIN_AT(base, jwks.timeout_ms), 1,         \
         60 * UNITS_SECOND,    .normal = "5s", .about = "how long a fetch may take"},              \
        {path ".jwks.stale",                                                                       \
         &kind_duration,                                                                           \
         SECTION_LOGIN_AT(base, jwks.stale_ms),                                                    \
         0,                                                                                        \
         744 * UNITS_HOUR,                                                                         \
         .normal = "24h",                                                                          \
         .about = "how long the keys are used while they cannot be fetched"},                      \
    {                                                                                              \
        path ".jwks.ca_file", &kind_file, SECTION_LOGIN_AT(base, jwks.ca_file),                    \
            .shown = "the system's authorities",                                                   \
            .about = "who may sign the certificate of the URL, a PEM file"                         \
    }

#endif
