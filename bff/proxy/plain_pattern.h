/*
 * Captures in the path of a plain route: "/api/shops/:shop/items/:id". A segment that begins with
 * ':' and a letter or '_' takes any segment that is not empty. A path that ends with '/' is a
 * prefix.
 *
 * The paths of requests are normalised (plain_path.h): "%2F" is no separator, and no reader finds
 * "." or ".." in them. So what a capture has taken is one segment, and stays one.
 */
#ifndef BFF_PROXY_PLAIN_PATTERN_H
#define BFF_PROXY_PLAIN_PATTERN_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* True when ${pattern} has a capture. */
bool plain_pattern_has_captures(struct text pattern);

/* Returns NULL, or words that say what is wrong with the captures in ${pattern}. */
const char *plain_pattern_words(struct text pattern);

/* True when ${path} is of the form of ${pattern}. */
bool plain_pattern_fits(struct text pattern, struct text path);

/* True when ${a} is to be preferred to ${b}; both fit the same path, and both are prefixes or
 * neither is. More segments are better, and then literal text in the first segment in which they
 * differ. */
bool plain_pattern_is_closer(struct text a, struct text b);

/* Returns the decoded segment of ${path} that ${pattern} takes as ${name}; absent if there is no
 * capture of that name. ${path} fits. */
struct text plain_pattern_capture(struct pool *pool, struct text pattern, struct text path,
                                  struct text name);

/* Returns the first name of a capture in ${template} that ${pattern} does not have; absent when it
 * has all. */
struct text plain_pattern_missing(struct text pattern, struct text template);

/* Returns the path ${template} with the captures, which are encoded again. When ${pattern} is a
 * prefix, the rest of ${path} follows. */
struct text plain_pattern_fill(struct pool *pool, struct text pattern, struct text path,
                               struct text template);

#endif
