/* See types_name.h. */
#include "bff/base/text_builder.h"
#include "bff/compose/types_name.h"

/* How much of a route is in a name. */
enum detail { DETAIL_SEGMENTS, DETAIL_PARAMETERS, DETAIL_METHOD };

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* Adds the words of ${text}, each with a capital letter. */
static void add(struct text_builder *out, struct text text)
{
    bool begins = true;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!is_letter(c) && !is_digit(c)) {
            begins = true;
            continue;
        }
        c = begins ? upper(c) : c;
        if (out->len == 0 && is_digit(c))
            text_builder_add(out, TEXT("T"));
        text_builder_add(out, (struct text){&c, 1});
        begins = false;
    }
}

struct text types_name_of(struct pool *pool, struct text text)
{
    struct text_builder out;

    text_builder_init(&out, pool, text.len);
    add(&out, text);
    return text_builder_text(&out);
}

static void add_method(struct text_builder *out, struct text method)
{
    char word[16];

    if (method.len <= sizeof(word))
        add(out, text_lower(word, method));
}

static struct text name_with(struct pool *pool, const struct plan *plan, enum detail detail)
{
    struct text_builder out;

    text_builder_init(&out, pool, 64);
    if (detail >= DETAIL_METHOD)
        add_method(&out, plan->method);
    for (size_t i = 0; i < plan->segment_count; i++)
        if (!text_starts(plan->segments[i], TEXT(":")) &&
            (i > 0 || !text_is(plan->segments[i], "api")))
            add(&out, plan->segments[i]);
    if (out.len == 0)
        add(&out, TEXT("page"));
    for (size_t i = 0; i < plan->param_count && detail >= DETAIL_PARAMETERS; i++) {
        add(&out, i == 0 ? TEXT("by") : TEXT("and"));
        add(&out, plan->params[i]);
    }
    return text_builder_text(&out);
}

static bool is_taken(struct pool *pool, const struct pages *pages, const struct plan *plan,
                     enum detail detail)
{
    struct text name = name_with(pool, plan, detail);

    for (size_t i = 0; i < pages->count; i++)
        if (pages->plans[i] != plan && text_equal(name, name_with(pool, pages->plans[i], detail)))
            return true;
    return false;
}

struct text types_name_of_page(struct pool *pool, const struct pages *pages,
                               const struct plan *plan)
{
    enum detail detail = DETAIL_SEGMENTS;

    while (detail < DETAIL_METHOD && is_taken(pool, pages, plan, detail))
        detail++;
    return name_with(pool, plan, detail);
}
