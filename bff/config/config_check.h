/* What no setting can be blamed for alone: settings that contradict each other, files that are not
 * what they must be. */
#ifndef BFF_CONFIG_CONFIG_CHECK_H
#define BFF_CONFIG_CONFIG_CHECK_H

#include "bff/config/settings.h"

/* Checks the finished configuration. What is wrong goes to config->mistakes. Default timeouts that
 * are longer than a total are cut to it. */
void config_check(struct settings *settings);

#endif
