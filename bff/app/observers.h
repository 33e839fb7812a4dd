/* Which observers a configuration asks for. A new one is a row in observers.c. */
#ifndef BFF_APP_OBSERVERS_H
#define BFF_APP_OBSERVERS_H

#include "bff/base/pool.h"
#include "bff/config/config.h"
#include "bff/observe/observer.h"

/* The list, in ${pool}, ends with NULL. */
const struct observer **observers_of(const struct config *config, struct pool *pool);

#endif
