/* Metrics: what an operator may configure. Plain data. */
#ifndef BFF_OBSERVE_METRICS_SETTINGS_H
#define BFF_OBSERVE_METRICS_SETTINGS_H

#include <stdbool.h>

struct metrics_settings {
    bool has_exemplars; /* histograms name a trace for each bucket */
};

#endif
