/* See ejection.h. */
#include "bff/upstream/ejection.h"

void ejection_attempt_ended(const struct ejection_event *event)
{
    endpoint_state_ended(event->state, event->outcome);
}
