/* What a collector learns of this process: the attributes of its resource. */
#ifndef BFF_OBSERVE_RESOURCE_H
#define BFF_OBSERVE_RESOURCE_H

#include "bff/base/text_builder.h"
#include "bff/http/tracing_settings.h"

/* Adds the fields of a message Resource: service.name, the attributes of ${settings}, host.name,
 * process.pid, service.instance.id and telemetry.sdk.*. */
void resource_put(struct text_builder *out, const struct tracing_settings *settings);

/* Returns NULL, or words that say what is wrong with ${attributes}: "key=value,key=value", with
 * percent-encoded values (OpenTelemetry's resource SDK). */
const char *resource_words(struct text attributes);

#endif
