/*
 * Quality values, the weights of the members of Accept and Accept-Encoding (RFC 9110 section
 * 12.4.2): "0.25". They are read to thousandths, because they have at most three decimals.
 */
#ifndef BFF_BASE_QUALITY_H
#define BFF_BASE_QUALITY_H

#include "bff/base/text.h"

#define QUALITY_WHOLE 1000 /* the weight 1, which a member without "q" has */

/* Returns the weight in thousandths: "0.25" is 250. Returns -1 for a text that is no weight. */
int quality_read(struct text text);

#endif
