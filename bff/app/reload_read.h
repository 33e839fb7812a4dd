/* Reads the configuration for a reload, and prepares the next generation. */
#ifndef BFF_APP_RELOAD_READ_H
#define BFF_APP_RELOAD_READ_H

#include "bff/app/process.h"
#include "bff/app/reload.h"
#include "bff/yaml/mistakes.h"

/*
 * Reads everything again and opens new listeners. Returns the next generation, with one reference
 * for the caller. With mistakes, generation->config.mistakes has them, in the words of --check or
 * of the start, and the generation cannot be used.
 */
struct generation *reload_read(struct process *process, const struct reload_settings *settings);

/* Adds to ${lines} a line for each setting of ${next} that has another value than the process uses,
 * and that only a restart changes. */
void reload_read_fixed(const struct process *process, const struct config *next,
                       struct mistakes *lines);

#endif
