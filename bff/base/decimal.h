/*
 * Money: exact arithmetic on the digits of JSON numbers, and the rounding of JavaScript's toFixed.
 * 19.99 - 14.99 is 5.00, which no double can say.
 */
#ifndef BFF_BASE_DECIMAL_H
#define BFF_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define DECIMAL_EXPONENT_MAX 400 /* beyond it a number is not reckoned with */

/* sign * digits * 10^-scale; digits is the number without its point, as one run of ASCII digits. */
struct decimal {
    bool is_negative;
    struct text digits;
    int32_t scale; /* digits behind the point; never negative */
};

/*
 * Reads a JSON number such as "19.90" or "1.5e2" (its digits are copied to ${pool} where they are
 * not one run). The scale is that of the number as written: 19.90 has 2, 1.5e2 has 0, 1e-2 has 2.
 * Returns -1 when ${number} is no JSON number, its exponent is beyond
 * +-DECIMAL_EXPONENT_MAX, or it has more than 1000 digits.
 */
int decimal_read(struct pool *pool, struct text number, struct decimal *out);

/* Less than, equal to or greater than 0 as ${a} is to ${b}. */
int decimal_compare(struct decimal a, struct decimal b);

/* ${a} - ${b} as a JSON number with the larger of the two scales: "5.00", "-0.01", "0.00". */
struct text decimal_subtract(struct pool *pool, struct decimal a, struct decimal b);

/*
 * ECMAScript's Number.prototype.toFixed(1): "4.3" for 4.25 (the larger of two nearest), exact for
 * the double's true value, no "-0.0" (it is "0.0" for -0 and "-0.0" for -0.04, as in JavaScript),
 * ToString beyond 1e21, "Infinity" and "NaN" by name.
 */
struct text decimal_to_fixed_1(struct pool *pool, double value);

#endif
