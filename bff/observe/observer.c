/* See observer.h. */
#include <stddef.h>

#include "bff/observe/observer.h"

void observer_call(const struct observer *const *observers, struct observed *observed,
                   const struct call_report *report)
{
    for (; *observers != NULL; observers++)
        if ((*observers)->on_call != NULL)
            (*observers)->on_call(observed, report);
}

void observer_over(const struct observer *const *observers, struct observed *observed,
                   const struct request *request)
{
    for (; *observers != NULL; observers++)
        if ((*observers)->on_over != NULL)
            (*observers)->on_over(observed, request);
}
