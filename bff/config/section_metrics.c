/* metrics: what the page /metrics of the admin listener shows. */
#include "bff/config/kind.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct config, member)

static const struct setting rows[] = {
    {"metrics.exemplars", &kind_bool, OF(metrics.has_exemplars), .normal = "true",
     .about =
         "the histograms of /metrics name the trace of a request for each bucket (OpenMetrics)"},
    {0},
};

const struct section section_metrics = {.rows = rows};
