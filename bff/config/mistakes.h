/* What is wrong with the configuration, all of it, each with its place, in the order found. */
#ifndef BFF_CONFIG_MISTAKES_H
#define BFF_CONFIG_MISTAKES_H

#include <stdbool.h>
#include <stddef.h>

#define MISTAKES_MAX 100 /* that are told; a file with more of them is no configuration */

/* Where a value stands. Borrowed by whoever holds it. */
struct place {
    const char *source; /* a file, "USERS_URL" or "--listen"; NULL: a default */
    size_t line;        /* from 1; 0: the source has no lines */
    size_t column;
};

/* All zero: none. */
struct mistakes {
    char **lines; /* "web.yaml:7:3: workers: ..." without a line end */
    size_t count;
};

/* Adds one: the place, then ${format}. What it holds of others' control bytes is replaced by '?'.
 */
void mistakes_add(struct mistakes *mistakes, const struct place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* No more are told: what reads a file may stop. */
bool mistakes_is_full(const struct mistakes *mistakes);

void mistakes_free(struct mistakes *mistakes);

#endif
