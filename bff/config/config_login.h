/* Login as it is configured: where the secret comes from, and whether the keys are any good. */
#ifndef BFF_CONFIG_CONFIG_LOGIN_H
#define BFF_CONFIG_CONFIG_LOGIN_H

#include "bff/config/settings.h"

/*
 * Reads the secret from its file, loads the keys, and tells what is wrong or missing. In mock mode
 * a missing secret is right: config->login has none then.
 */
void config_login_check(struct settings *settings);

#endif
