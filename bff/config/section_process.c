/* Settings of the process as a whole: its log, io_uring, its files, and how it ends. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"access_log", &kind_bool, OF(has_access_log), .normal = "true",
     .about = "a line of JSON for each request, on standard output"},
    {"io_uring", &kind_bool, OF(may_use_io_uring), .normal = "true",
     .about = "many requests and answers of services by one system call, where the kernel lets us"},
    {"watch", &kind_bool, OF(is_watched), .normal = "false",
     .about = "read everything again when a file of the configuration changes"},
    {"drain_delay", &kind_duration, OF(leave_ms), 0, 300 * UNITS_SECOND, .normal = "0s",
     .about = "how long it goes on serving, no longer ready, when it is told to stop"},
    {"drain_timeout", &kind_duration, OF(drain_ms), 0, 30 * UNITS_SECOND, .normal = "30s",
     .about = "how long open requests may take to end when the server stops"},
    {0},
};

const struct section section_process = {.rows = rows};
