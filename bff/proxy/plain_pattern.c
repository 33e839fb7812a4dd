/* See plain_pattern.h. */
#include "bff/base/check.h"
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/proxy/plain_pattern.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_letter(name.at[i]) && (i == 0 || name.at[i] < '0' || name.at[i] > '9'))
            return false;
    return name.len > 0;
}

static bool is_capture(struct text segment)
{
    return segment.len > 1 && segment.at[0] == ':' && is_letter(segment.at[1]);
}

static struct text name_of(struct text segment)
{
    return (struct text){segment.at + 1, segment.len - 1};
}

static bool is_prefix(struct text pattern) { return pattern.at[pattern.len - 1] == '/'; }

/* Returns ${path} after its first '/'. */
static struct text segments(struct text path)
{
    text_cut(&path, '/');
    return path;
}

bool plain_pattern_has_captures(struct text pattern)
{
    for (struct text rest = pattern; rest.at != NULL;)
        if (is_capture(text_cut(&rest, '/')))
            return true;
    return false;
}

const char *plain_pattern_words(struct text pattern)
{
    struct text rest = pattern;

    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/');
        if (!is_capture(segment))
            continue;
        if (!is_name(name_of(segment)))
            return "the name of a capture has letters, digits and _ only, as in /shops/:shop";
        for (struct text more = rest; more.at != NULL;)
            if (text_equal(text_cut(&more, '/'), segment))
                return "two captures have the same name";
    }
    return NULL;
}

bool plain_pattern_fits(struct text pattern, struct text path)
{
    struct text wanted = segments(pattern), rest = segments(path);

    while (wanted.at != NULL && rest.at != NULL) {
        struct text want = text_cut(&wanted, '/');
        if (wanted.at == NULL && want.len == 0)
            return true;
        struct text segment = text_cut(&rest, '/');
        if (is_capture(want) ? segment.len == 0 : !text_equal(want, segment))
            return false;
    }
    return wanted.at == NULL && rest.at == NULL;
}

bool plain_pattern_is_closer(struct text a, struct text b)
{
    bool is_literal = false, differs = false;

    while (a.at != NULL && b.at != NULL) {
        struct text one = text_cut(&a, '/'), other = text_cut(&b, '/');
        if (differs || is_capture(one) == is_capture(other))
            continue;
        differs = true;
        is_literal = !is_capture(one);
    }
    return a.at != NULL || (b.at == NULL && differs && is_literal);
}

/* Returns the segment of ${path} for the capture ${name}, as it is. */
static struct text segment_for(struct text pattern, struct text path, struct text name)
{
    struct text wanted = segments(pattern), rest = segments(path);

    while (wanted.at != NULL && rest.at != NULL) {
        struct text want = text_cut(&wanted, '/'), segment = text_cut(&rest, '/');
        if (is_capture(want) && text_equal(name_of(want), name))
            return segment;
    }
    return (struct text){0};
}

struct text plain_pattern_capture(struct pool *pool, struct text pattern, struct text path,
                                  struct text name)
{
    struct text segment = segment_for(pattern, path, name), decoded = segment;

    if (segment.at != NULL)
        must(percent_decode(pool, segment, &decoded) == 0);
    return decoded;
}

struct text plain_pattern_missing(struct text pattern, struct text template)
{
    for (struct text rest = template; rest.at != NULL;) {
        struct text segment = text_cut(&rest, '/');
        if (is_capture(segment) && segment_for(pattern, pattern, name_of(segment)).at == NULL)
            return name_of(segment);
    }
    return (struct text){0};
}

/* Returns what follows the prefix ${pattern} in ${path}. */
static struct text rest_after(struct text pattern, struct text path)
{
    struct text wanted = segments(pattern), rest = segments(path);

    if (!is_prefix(pattern))
        return (struct text){0};
    while (text_cut(&wanted, '/').at != NULL && wanted.at != NULL)
        text_cut(&rest, '/');
    return rest;
}

static void add_segment(struct text_builder *out, struct text segment, struct text value)
{
    if (!is_capture(segment)) {
        text_builder_add(out, segment);
        return;
    }
    text_builder_encoded(out, value);
}

struct text plain_pattern_fill(struct pool *pool, struct text pattern, struct text path,
                               struct text template)
{
    struct text_builder out;
    struct text rest = segments(template);

    text_builder_init(&out, pool, template.len + path.len);
    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/'), value = {0};
        if (is_capture(segment))
            value = plain_pattern_capture(pool, pattern, path, name_of(segment));
        text_builder_add(&out, TEXT("/"));
        add_segment(&out, segment, value);
    }
    text_builder_add(&out, rest_after(pattern, path));
    return text_builder_text(&out);
}
