/* See suggest.h. */
#include "bff/base/suggest.h"

#define NAME_MAX_BYTES 32 /* longer names are not compared */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static bool differ(char a, char b) { return text_lower_char(a) != text_lower_char(b); }

/* Computed row by row. */
size_t suggest_distance(struct text a, struct text b)
{
    size_t rows[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];

    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES)
        return SIZE_MAX;
    for (size_t i = 0; i <= a.len; i++) {
        for (size_t j = 0; j <= b.len; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            size_t replaced = rows[i - 1][j - 1] + differ(a.at[i - 1], b.at[j - 1]);
            rows[i][j] = least(replaced, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && !differ(a.at[i - 1], b.at[j - 2]) &&
                !differ(a.at[i - 2], b.at[j - 1]))
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a.len][b.len];
}

const char *suggest_name(struct text wrong, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = 1 + wrong.len / 3; /* a name with a larger distance is another word */

    if (wrong.len == 0 || wrong.len > NAME_MAX_BYTES)
        return NULL;
    best_distance = least(best_distance, wrong.len - 1) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t away = suggest_distance(wrong, text_of(names[i]));
        if (away < best_distance) {
            best = names[i];
            best_distance = away;
        }
    }
    return best;
}
