/*
 * A set of public keys (JWK Set, RFC 7517 section 5) that is fetched from a URL: what an operator
 * may configure. Plain data.
 */
#ifndef BFF_TOKEN_KEY_SOURCE_SETTINGS_H
#define BFF_TOKEN_KEY_SOURCE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/text.h"

struct trust;

/*
 *   url               of the key set; absent: there is no key source. The URL is good for
 *                     outside_check_url. Its scheme is https, unless its host is this machine
 *   is_discovery      ${url} is the URL of an issuer. "/.well-known/openid-configuration" below it
 *                     names the URL of the key set (OpenID Connect Discovery 1.0 section 4)
 *   refresh_ms        the keys are fetched again after this time
 *   min_interval_ms   the time without a fetch for unknown keys, after a fetch that brought no new
 *                     key; also the longest time between two attempts while the URL fails
 *   timeout_ms        of one fetch
 *   stale_ms          how long the keys are used while the URL cannot be fetched, counted from the
 *                     last good fetch
 *   ca_file           PEM, the authorities that are trusted; NULL: the system's
 *   trust             loaded from ${ca_file}; owned by the configuration. NULL: ${url} is http, or
 *                     the configuration is not checked yet. A discovery document may name an https
 *                     URL only when there is a trust
 */
struct key_source_settings {
    struct text url;
    bool is_discovery;
    uint32_t refresh_ms;
    uint32_t min_interval_ms;
    uint32_t timeout_ms;
    uint32_t stale_ms;
    char *ca_file;
    struct trust *trust;
};

#endif
