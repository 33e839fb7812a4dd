/* The cache, Redis and the admin pages of a configuration, for people. */
#ifndef BFF_APP_STORE_LIST_H
#define BFF_APP_STORE_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints a line for each of these: the cache, Redis, and the address of the admin pages. Prints no
 * password. */
void store_list_print(const struct config *config, FILE *out);

#endif
