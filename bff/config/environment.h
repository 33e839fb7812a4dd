/* The variables of the environment that set something, and those that only look like one. */
#ifndef BFF_CONFIG_ENVIRONMENT_H
#define BFF_CONFIG_ENVIRONMENT_H

#include "bff/config/settings.h"

/* Sets what the variables say. An empty variable counts as not set. */
void environment_set(struct settings *settings);

/*
 * Warns of each variable whose name looks like one of ours but is none (USER_URL for USERS_URL):
 * at most two letters differ, or the case, or there are more words in it or after it. Variables
 * that the file uses are known. To be called after the file was read.
 */
void environment_check(struct settings *settings);

#endif
