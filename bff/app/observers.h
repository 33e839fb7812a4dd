/* Chooses the observers that a configuration asks for. A new observer is a new row in
 * observers.c. */
#ifndef BFF_APP_OBSERVERS_H
#define BFF_APP_OBSERVERS_H

#include "bff/base/pool.h"
#include "bff/config/config.h"
#include "bff/observe/observer.h"

/* Returns the list of observers, which ends with NULL. It is in ${pool}. */
const struct observer **observers_of(const struct config *config, struct pool *pool);

#endif
