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

#define DECIMAL_EXPONENT_MAX 400 /* decimal_read refuses a larger exponent */

/* The number sign * digits * 10^-scale. The digits are contiguous ASCII digits, without a decimal
 * point. */
struct decimal {
    bool is_negative;
    struct text digits;
    int32_t scale; /* number of digits after the decimal point; not negative */
};

/*
 * Reads a JSON number such as "19.90" or "1.5e2". If the digits of ${number} are not contiguous,
 * they are copied into ${pool}. The scale is the scale of the number as it is written: 2 for 19.90,
 * 0 for 1.5e2, 2 for 1e-2. Returns -1 when ${number} is not a JSON number, when its exponent is
 * beyond +-DECIMAL_EXPONENT_MAX, or when it has more than 1000 digits.
 */
int decimal_read(struct pool *pool, struct text number, struct decimal *out);

/* Returns a negative number if ${a} < ${b}, 0 if they are equal, and a positive number if ${a} >
 * ${b}. */
int decimal_compare(struct decimal a, struct decimal b);

/* Returns ${a} - ${b} as a JSON number with the larger of both scales: "5.00", "-0.01", "0.00". */
struct text decimal_subtract(struct pool *pool, struct decimal a, struct decimal b);

/*
 * Number.prototype.toFixed(1) of ECMAScript. It rounds the exact value of the double to the nearest
 * result. A value halfway between two results is rounded away from zero: 4.25 gives "4.3". The
 * value -0 gives "0.0", and -0.04 gives "-0.0". NaN, both infinities and values from +-1e21 on give
 * the result of ToString: "NaN", "-Infinity", "1e+21".
 */
struct text decimal_to_fixed_1(struct pool *pool, double value);

#endif
