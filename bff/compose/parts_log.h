/* What a composite's parts came to, for the access log. */
#ifndef BFF_COMPOSE_PARTS_LOG_H
#define BFF_COMPOSE_PARTS_LOG_H

#include "bff/base/log_line.h"

/*
 * Writes an object with a member for each part of ${run} (a struct run, over or cancelled):
 * {"user":{"outcome":"ok","ms":1.2,"endpoint":"127.0.0.1:3000","retries":0,"status":200}}.
 */
void parts_log(struct log_line *line, const void *run);

#endif
