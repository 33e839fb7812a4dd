/* Checks that login and each item of login.issuers have. A part of section_login.c and
 * section_login_issuers.c. */
#ifndef BFF_CONFIG_SECTION_LOGIN_CHECK_H
#define BFF_CONFIG_SECTION_LOGIN_CHECK_H

#include "bff/config/settings.h"

/*
 *   prefix  "login" or "login.issuers.*": the paths of the settings begin with it
 *   index   of the item
 *   login   its settings
 *   keys    the login with the loaded keys, which this part sets; see config.login_keys
 */
struct section_login_check {
    const char *prefix;
    size_t index;
    struct login_settings *login;
    struct login **keys;
};

/* Checks the settings of keys by URL, and loads what is trusted for the URL. */
void section_login_check_jwks(struct settings *settings, const struct section_login_check *about);

/* Loads the key files, and checks that each algorithm has keys. HS* algorithms are left out,
 * because they have a secret. */
void section_login_check_keys(struct settings *settings, const struct section_login_check *about);

#endif
