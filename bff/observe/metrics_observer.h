/*
 * Counts requests, parts and calls (metrics.h). What a request costs: some loads and stores of
 * numbers that only this worker writes.
 */
#ifndef BFF_OBSERVE_METRICS_OBSERVER_H
#define BFF_OBSERVE_METRICS_OBSERVER_H

#include "bff/observe/observer.h"

extern const struct observer metrics_observer;

#endif
