/* See coding_accept.h. */
#include "bff/base/quality.h"
#include "bff/coding/coding_accept.h"

#define UNNAMED (-1)

/* The weights of a field, in thousandths; UNNAMED: the field does not name the coding. */
struct weights {
    int each[CODING_UNKNOWN];
    int others; /* of "*" */
};

/* Returns the weight of a member, "gzip;q=0.5" or "gzip"; -1: it is malformed. Removes the
 * parameter from ${*member}. */
static int weight_cut(struct text *member)
{
    struct text rest = *member;

    *member = text_trim(text_cut(&rest, ';'));
    if (rest.at == NULL)
        return QUALITY_WHOLE;
    struct text name = text_trim(text_cut(&rest, '='));
    if (rest.at == NULL || !text_equal_nocase(name, TEXT("q")))
        return -1;
    return quality_read(text_trim(rest));
}

static void keep_larger(int *weight, int other)
{
    if (other > *weight)
        *weight = other;
}

static void take(struct weights *weights, struct text member)
{
    int weight = weight_cut(&member);
    enum coding coding = coding_of(member);

    if (weight < 0 || member.len == 0)
        return;
    if (text_is(member, "*"))
        keep_larger(&weights->others, weight);
    else if (coding != CODING_UNKNOWN)
        keep_larger(&weights->each[coding], weight);
}

/* The weight of a coding that is an offer. */
static int weight_of(const struct weights *weights, enum coding coding)
{
    int weight = weights->each[coding] != UNNAMED ? weights->each[coding] : weights->others;

    return weight == UNNAMED ? 0 : weight;
}

enum coding coding_accept_choose(struct text accept, const enum coding *offers, size_t count)
{
    struct weights weights = {.others = UNNAMED};
    enum coding best = CODING_IDENTITY;

    for (size_t i = 0; i < CODING_UNKNOWN; i++)
        weights.each[i] = UNNAMED;
    while (accept.at != NULL)
        take(&weights, text_trim(text_cut(&accept, ',')));
    int most = 0;
    for (size_t i = 0; i < count; i++) {
        int weight = weight_of(&weights, offers[i]);
        if (weight > most) {
            most = weight;
            best = offers[i];
        }
    }
    return weights.each[CODING_IDENTITY] > most ? CODING_IDENTITY : best;
}
