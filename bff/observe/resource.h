/* What a collector learns of this process: the attributes of its resource. */
#ifndef BFF_OBSERVE_RESOURCE_H
#define BFF_OBSERVE_RESOURCE_H

#include "bff/base/text_builder.h"
#include "bff/http/tracing_settings.h"

/* Adds the fields of a message Resource: service.name, the attributes of ${settings}, host.name,
 * process.pid, service.instance.id and telemetry.sdk.*. The
 * attributes of ${settings} are "key=value,key=value", with percent-encoded values. What does not
 * have this form ends them. */
void resource_put(struct text_builder *out, const struct tracing_settings *settings);

#endif
