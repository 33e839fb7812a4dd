/* Settings of the process as a whole: its log, io_uring, and how it ends. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {.path = "access_log",
     .kind = &kind_bool,
     .offset = OF(has_access_log),
     .normal = "true",
     .about = "a line of JSON for each request, on standard output"},
    {.path = "io_uring",
     .kind = &kind_bool,
     .offset = OF(may_use_io_uring),
     .normal = "true",
     .about = "many requests and answers of services by one system call, where the kernel lets us"},
    {.path = "drain_delay",
     .kind = &kind_duration,
     .offset = OF(leave_ms),
     .within = {0, 300 * UNITS_SECOND},
     .normal = "0s",
     .about = "how long it goes on serving, no longer ready, when it is told to stop"},
    {.path = "drain_timeout",
     .kind = &kind_duration,
     .offset = OF(drain_ms),
     .within = {0, 30 * UNITS_SECOND},
     .normal = "30s",
     .about = "how long open requests may take to end when the server stops"},
    {0},
};

const struct section section_process = {.rows = rows};
