/* The certificate authorities that are trusted for a URL of the configuration. */
#ifndef BFF_CONFIG_AUTHORITIES_H
#define BFF_CONFIG_AUTHORITIES_H

#include "bff/config/settings.h"

struct trust;

/*
 *   url_path   the setting with the URL, for messages
 *   file_path  the setting with the CA file
 *   index      of the item that has both
 *   url        absent: not given, or wrong
 *   file       the CA file; NULL: the system's authorities
 */
struct authorities {
    const char *url_path;
    const char *file_path;
    size_t index;
    struct text url;
    const char *file;
};

/* Loads what is trusted for the URL. Returns NULL when the URL is absent or is not https, and when
 * something is wrong, which it reports. The caller owns the trust. */
struct trust *authorities_load(struct settings *settings, const struct authorities *authorities);

#endif
