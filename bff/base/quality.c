/* See quality.h. */
#include "bff/base/quality.h"

#define BYTES_MAX 5 /* "0.123" */

static int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : -1; }

int quality_read(struct text text)
{
    int quality;

    if (text.len == 0 || text.len > BYTES_MAX || (text.at[0] != '0' && text.at[0] != '1') ||
        (text.len > 1 && text.at[1] != '.'))
        return -1;
    quality = digit_of(text.at[0]) * QUALITY_WHOLE;
    for (int at = 2, unit = QUALITY_WHOLE / 10; at < (int)text.len; at++, unit /= 10) {
        int digit = digit_of(text.at[at]);
        if (digit < 0)
            return -1;
        quality += digit * unit;
    }
    return quality <= QUALITY_WHOLE ? quality : -1;
}
