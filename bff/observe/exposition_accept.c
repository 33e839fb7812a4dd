/* See exposition.h: which format a client wants. */
#include "bff/base/quality.h"
#include "bff/observe/exposition.h"

/* How much of the type a range names: more wins over less. */
enum { NOT, ALL, GROUP, EXACT };

/* Only a client that names OpenMetrics gets it. All clients can read the text format. */
static int precision(struct text range, enum exposition_format format)
{
    if (format == EXPOSITION_OPENMETRICS)
        return text_equal_nocase(range, TEXT("application/openmetrics-text")) ? EXACT : NOT;
    if (text_equal_nocase(range, TEXT("text/plain")))
        return EXACT;
    if (text_equal_nocase(range, TEXT("text/*")))
        return GROUP;
    return text_is(range, "*/*") ? ALL : NOT;
}

/* Returns the weight of an item of the list; -1: it is malformed, or the format does not have the
 * version that the item asks for. ${item} has the parameters behind the range. */
static int weight_of(struct text item, enum exposition_format format)
{
    int weight = QUALITY_WHOLE;

    while (item.at != NULL) {
        struct text value = text_trim(text_cut(&item, ';')),
                    name = text_trim(text_cut(&value, '='));
        value = text_trim(value);
        if (text_equal_nocase(name, TEXT("q")))
            weight = quality_read(value);
        else if (format == EXPOSITION_OPENMETRICS && text_equal_nocase(name, TEXT("version")) &&
                 !text_is(value, "1.0.0"))
            return -1;
    }
    return weight;
}

/* Returns the weight of ${format} in ${accept}: that of the item that names it most precisely. */
static int weight_in(struct text accept, enum exposition_format format)
{
    int best = NOT, result = 0;

    while (accept.at != NULL) {
        struct text item = text_cut(&accept, ','), range = text_trim(text_cut(&item, ';'));
        int exact = precision(range, format), one = exact == NOT ? -1 : weight_of(item, format);
        if (one < 0 || exact < best || (exact == best && one < result))
            continue;
        best = exact;
        result = one;
    }
    return result;
}

enum exposition_format exposition_choose(struct text accept)
{
    int text = weight_in(accept, EXPOSITION_TEXT), open = weight_in(accept, EXPOSITION_OPENMETRICS);

    return open > 0 && open >= text ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
}

const char *exposition_content_type(enum exposition_format format)
{
    return format == EXPOSITION_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}
