/* See observers.h. */
#include <stddef.h>

#include "bff/app/observers.h"
#include "bff/observe/access_log.h"

static const struct observer *const with_log[] = {&access_log_observer, NULL};
static const struct observer *const without_log[] = {NULL};

const struct observer *const *observers_of(const struct config *config)
{
    return config->has_access_log ? with_log : without_log;
}
