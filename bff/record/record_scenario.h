/*
 * A recorded request as a scenario of the mock services (docs/scenarios.md): they answer its calls
 * as the services did, after the same times and with the same ends. Secrets are replaced
 * (json_redact.h).
 */
#ifndef BFF_RECORD_RECORD_SCENARIO_H
#define BFF_RECORD_RECORD_SCENARIO_H

#include "bff/json/json_print.h"
#include "bff/json/json_redact.h"
#include "bff/record/record_entry.h"

/* Prints the scenario. Its name is "request-" and the number. */
void record_scenario_print(struct json_print *out, const struct record_entry *entry,
                           const struct json_redact *redact);

#endif
