/* See decimal.h. A digit is looked up by its power of ten, so numbers of different scales need not
 * be aligned. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bff/base/decimal.h"

#define DIGITS_MAX 1000

/* The parts of a JSON number. The fraction may be absent. The exponent is 0 when the number has
 * none. */
struct number {
    bool is_negative;
    struct text whole, fraction;
    int32_t exponent;
};

static struct text cut_digits(struct text *rest)
{
    struct text digits = {rest->at, 0};

    while (digits.len < rest->len && (unsigned)(rest->at[digits.len] - '0') <= 9)
        digits.len++;
    rest->at += digits.len;
    rest->len -= digits.len;
    return digits;
}

static bool cut_char(struct text *rest, char c)
{
    if (rest->len == 0 || rest->at[0] != c)
        return false;
    rest->at++;
    rest->len--;
    return true;
}

/* Reads the exponent, after the e. */
static int read_exponent(struct text *rest, int32_t *out)
{
    bool is_negative = cut_char(rest, '-');
    int32_t value = 0;

    if (!is_negative)
        (void)cut_char(rest, '+');
    struct text digits = cut_digits(rest);
    for (size_t i = 0; i < digits.len && value <= DECIMAL_EXPONENT_MAX; i++)
        value = value * 10 + (digits.at[i] - '0');
    *out = is_negative ? -value : value;
    return digits.len > 0 && value <= DECIMAL_EXPONENT_MAX ? 0 : -1;
}

static int read_parts(struct text rest, struct number *out)
{
    *out = (struct number){0};
    if (rest.at == NULL)
        return -1;
    out->is_negative = cut_char(&rest, '-');
    out->whole = cut_digits(&rest);
    if (out->whole.len == 0 || (out->whole.len > 1 && out->whole.at[0] == '0'))
        return -1;
    if (cut_char(&rest, '.')) {
        out->fraction = cut_digits(&rest);
        if (out->fraction.len == 0)
            return -1;
    }
    if (cut_char(&rest, 'e') || cut_char(&rest, 'E')) {
        if (read_exponent(&rest, &out->exponent) != 0)
            return -1;
    }
    return rest.len == 0 && out->whole.len + out->fraction.len <= DIGITS_MAX ? 0 : -1;
}

int decimal_read(struct pool *pool, struct text number, struct decimal *out)
{
    struct number parts;

    if (read_parts(number, &parts) != 0)
        return -1;
    int32_t scale = (int32_t)parts.fraction.len - parts.exponent;
    size_t zeros = scale < 0 ? (size_t)-scale : 0;
    *out = (struct decimal){parts.is_negative, parts.whole, scale < 0 ? 0 : scale};
    if (parts.fraction.len == 0 && zeros == 0)
        return 0;
    size_t len = parts.whole.len + parts.fraction.len;
    char *digits = pool_take(pool, len + zeros);
    memcpy(digits, parts.whole.at, parts.whole.len);
    if (parts.fraction.len > 0)
        memcpy(digits + parts.whole.len, parts.fraction.at, parts.fraction.len);
    memset(digits + len, '0', zeros);
    out->digits = (struct text){digits, len + zeros};
    return 0;
}

/* Returns the digit for 10^power, or 0 if ${power} is beyond either end of the number. */
static int digit_at(struct decimal number, int32_t power)
{
    int64_t at = (int64_t)number.digits.len - 1 - number.scale - power;

    return at < 0 || at >= (int64_t)number.digits.len ? 0 : number.digits.at[at] - '0';
}

/* Returns the power of ten of the first digit. */
static int32_t top_power(struct decimal number)
{
    return (int32_t)number.digits.len - 1 - number.scale;
}

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/* Compares the numbers without their signs. Returns a negative number, 0 or a positive number, like
 * strcmp. */
static int compare_sizes(struct decimal a, struct decimal b)
{
    int32_t top = larger(top_power(a), top_power(b)), scale = larger(a.scale, b.scale);

    for (int32_t power = top; power >= -scale; power--) {
        int difference = digit_at(a, power) - digit_at(b, power);
        if (difference != 0)
            return difference;
    }
    return 0;
}

static bool is_zero(struct decimal number)
{
    for (size_t i = 0; i < number.digits.len; i++) {
        if (number.digits.at[i] != '0')
            return false;
    }
    return true;
}

int decimal_compare(struct decimal a, struct decimal b)
{
    bool a_is_below = a.is_negative && !is_zero(a), b_is_below = b.is_negative && !is_zero(b);

    if (a_is_below != b_is_below)
        return a_is_below ? -1 : 1;
    return a_is_below ? compare_sizes(b, a) : compare_sizes(a, b);
}

/*
 * Prints the digits of large + sign * small, backwards from ${end}. The signs of both numbers are
 * ignored. The result has a decimal point if there are digits after it. Returns the address of the
 * first digit. If ${sign} is -1, ${large} must be at least ${small}.
 */
static char *print_sum(char *end, struct decimal large, struct decimal small, int sign)
{
    int32_t top = larger(larger(top_power(large), top_power(small)) + 1, 0);
    int32_t scale = larger(large.scale, small.scale);
    int carry = 0;

    for (int32_t power = -scale; power <= top; power++) {
        int digit = digit_at(large, power) + sign * digit_at(small, power) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        if (power == 0 && scale > 0)
            *--end = '.';
        *--end = (char)('0' + digit - 10 * carry);
    }
    while (*end == '0' && end[1] != '.' && end[1] != '\0')
        end++;
    return end;
}

struct text decimal_subtract(struct pool *pool, struct decimal a, struct decimal b)
{
    bool a_is_larger = compare_sizes(a, b) >= 0;
    struct decimal large = a_is_larger ? a : b, small = a_is_larger ? b : a;
    size_t most = a.digits.len + b.digits.len + (size_t)larger(a.scale, b.scale) + 8;
    char *buffer = pool_take(pool, most), *end = buffer + most - 1;

    *end = '\0';
    char *at = print_sum(end, large, small, a.is_negative == b.is_negative ? -1 : 1);
    bool is_nonzero = strspn(at, "0.") < (size_t)(end - at);
    if (is_nonzero && a.is_negative != (a.is_negative == b.is_negative && !a_is_larger))
        *--at = '-';
    return (struct text){at, (size_t)(end - at)};
}

/* ToString of ECMAScript for values from 1e21 on: the fewest digits that give the same double. */
static struct text shortest(struct pool *pool, double value)
{
    char digits[40];

    for (int precision = 0; precision <= 17; precision++) {
        snprintf(digits, sizeof(digits), "%.*e", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    return pool_text(pool, text_of(digits));
}

struct text decimal_to_fixed_1(struct pool *pool, double value)
{
    if (isnan(value))
        return TEXT("NaN");
    if (isinf(value))
        return value < 0 ? TEXT("-Infinity") : TEXT("Infinity");
    if (fabs(value) >= 1e21)
        return shortest(pool, value);
    /* printf is exact, but it rounds a value halfway between two results to the even digit. A
     * double is halfway only if its fraction is .25 or .75. */
    double fraction = fabs(fmod(value, 1));
    if (fraction == 0.25 || fraction == 0.75)
        return pool_print(pool, "%.0f.%c", trunc(value), fraction == 0.25 ? '3' : '8');
    return value == 0 ? TEXT("0.0") : pool_print(pool, "%.1f", value);
}
