/* The target of a call as a pattern of a scenario. A part of record_scenario.c. */
#ifndef BFF_RECORD_RECORD_SCENARIO_TARGET_H
#define BFF_RECORD_RECORD_SCENARIO_TARGET_H

#include "bff/json/json_print.h"
#include "bff/json/json_redact.h"

/* Prints the members "target" and "query". What is redacted stands for anything: a segment of the
 * path becomes ":hidden", and the value of a parameter "*". */
void record_scenario_target_print(struct json_print *out, struct text target,
                                  const struct json_redact *redact);

#endif
