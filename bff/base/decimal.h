/*
 * Decimal numbers for money: exact arithmetic on the digits of JSON numbers, and the rounding of
 * JavaScript's toFixed. So 19.99 - 14.99 is exactly 5.00; with doubles it is not.
 */
#ifndef BFF_BASE_DECIMAL_H
#define BFF_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define DECIMAL_EXPONENT_MAX 400 /* larger exponents are refused */

/* The number sign * digits * 10^-scale. The digits are ASCII digits in one piece, without a point.
 */
struct decimal {
    bool is_negative;
    struct text digits;
    int32_t scale; /* number of digits after the point; not negative */
};

/*
 * Reads a JSON number such as "19.90" or "1.5e2". When the digits are not in one piece, they are
 * copied into ${pool}. The scale is the scale of the number as it is written: 2 for 19.90, 0 for
 * 1.5e2, 2 for 1e-2. Returns -1 when ${number} is not a JSON number, when its exponent is beyond
 * +-DECIMAL_EXPONENT_MAX, or when it has more than 1000 digits.
 */
int decimal_read(struct pool *pool, struct text number, struct decimal *out);

/* Returns a number less than, equal to or greater than 0 when ${a} is less than, equal to or
 * greater than ${b}. */
int decimal_compare(struct decimal a, struct decimal b);

/* Returns ${a} - ${b} as a JSON number with the larger scale of both: "5.00", "-0.01", "0.00". */
struct text decimal_subtract(struct pool *pool, struct decimal a, struct decimal b);

/*
 * Number.prototype.toFixed(1) of ECMAScript. It rounds the exact value of the double, and away from
 * zero in the middle of two numbers: "4.3" for 4.25. It returns "0.0" for -0 and "-0.0" for -0.04,
 * the result of ToString from 1e21 on, and "Infinity" and "NaN" for these values.
 */
struct text decimal_to_fixed_1(struct pool *pool, double value);

#endif
