/* All mistakes of a configuration, each with its place, in the order in which they are found. */
#ifndef BFF_YAML_MISTAKES_H
#define BFF_YAML_MISTAKES_H

#include <stdbool.h>
#include <stddef.h>

#define MISTAKES_MAX 100 /* more mistakes are not stored */

/* The place where a value was read. ${source} is borrowed. */
struct place {
    const char *source; /* a file, "USERS_URL" or "--listen"; NULL: a default */
    size_t line;        /* from 1; 0: the source has no lines */
    size_t column;      /* from 1; 0: it is not known */
};

/* A list that is all zero is empty. */
struct mistakes {
    char **lines; /* "web.yaml:7:3: workers: ..." without a line end */
    size_t count;
};

/* Adds one line: the place, then the words. Control bytes, which may come from a file or a
 * variable, are replaced by '?'. */
void mistakes_add(struct mistakes *mistakes, const struct place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Adds "place: path: words". With an alias one value is read for several settings, and then its
 * mistake is added for the first one only: a line with the same place in a file and the same words
 * is not added again.
 */
void mistakes_add_setting(struct mistakes *mistakes, const struct place *place, const char *path,
                          const char *words);

/* True when no more mistakes are stored, so that reading may stop. */
bool mistakes_is_full(const struct mistakes *mistakes);

void mistakes_free(struct mistakes *mistakes);

#endif
