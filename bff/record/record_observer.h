/* The recorder as an observer: when a request with is_recorded is over, it is added to
 * observed->record. */
#ifndef BFF_RECORD_RECORD_OBSERVER_H
#define BFF_RECORD_RECORD_OBSERVER_H

#include "bff/observe/observer.h"

extern const struct observer record_observer;

#endif
