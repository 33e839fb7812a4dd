/* Checks what the settings of a rate limit mean together, and chooses its algorithm. A part of
 * section_rate_limits.c. */
#ifndef BFF_CONFIG_SECTION_RATE_LIMITS_CHECK_H
#define BFF_CONFIG_SECTION_RATE_LIMITS_CHECK_H

#include "bff/config/settings.h"

/* Reports what is wrong with rule ${index} of the file, and sets its algorithm. */
void section_rate_limits_check_rule(struct settings *settings, const struct settings_group *group,
                                    size_t index);

#endif
