/* The access log: one line for each request that reached a handler. docs/logs.md describes it. */
#ifndef BFF_OBSERVE_ACCESS_LOG_H
#define BFF_OBSERVE_ACCESS_LOG_H

#include "bff/observe/observer.h"

struct request;

/* Writes the line of ${request}, which is over but has not been freed. */
void access_log_write(const struct request *request);

/* The access log as an observer. */
extern const struct observer access_log_observer;

#endif
