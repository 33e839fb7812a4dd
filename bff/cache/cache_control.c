/* See cache_control.h. */
#include "bff/base/text.h"
#include "bff/cache/cache_control.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NAME(literal)                                                                              \
    {                                                                                              \
        .at = (literal), .len = sizeof(literal) - 1                                                \
    }

/* One directive of a list. */
struct directive {
    struct text name;
    struct text argument; /* without its quotes; absent: it has none */
    bool is_bad;          /* what follows the name is not as the RFC says */
};

/*
 *   name         in lower case
 *   at           the member of struct cache_control
 *   permits      it permits more than its absence
 */
static const struct {
    struct text name;
    size_t at;
    bool permits;
} flags[] = {
    {NAME("no-store"), offsetof(struct cache_control, no_store), false},
    {NAME("no-cache"), offsetof(struct cache_control, no_cache), false},
    {NAME("only-if-cached"), offsetof(struct cache_control, only_if_cached), false},
    {NAME("private"), offsetof(struct cache_control, is_private), false},
    {NAME("public"), offsetof(struct cache_control, is_public), true},
    {NAME("must-revalidate"), offsetof(struct cache_control, must_revalidate), false},
    {NAME("proxy-revalidate"), offsetof(struct cache_control, proxy_revalidate), false},
    {NAME("must-understand"), offsetof(struct cache_control, must_understand), true},
};

/* Which of two different numbers of the same directive counts. */
enum choice {
    NEITHER, /* 0 */
    SMALLER,
    LARGER,
};

/*
 *   bad      what a number that is not valid is read as
 *   alone    what the directive without an argument is read as
 *   choice   see above
 */
static const struct {
    struct text name;
    size_t at;
    int64_t bad, alone;
    enum choice choice;
} numbers[] = {
    {NAME("max-age"), offsetof(struct cache_control, max_age), 0, 0, NEITHER},
    {NAME("s-maxage"), offsetof(struct cache_control, s_maxage), 0, 0, NEITHER},
    {NAME("stale-while-revalidate"), offsetof(struct cache_control, stale_while_revalidate), 0, 0,
     SMALLER},
    {NAME("stale-if-error"), offsetof(struct cache_control, stale_if_error), 0, 0, SMALLER},
    {NAME("min-fresh"), offsetof(struct cache_control, min_fresh), CACHE_CONTROL_MOST,
     CACHE_CONTROL_MOST, LARGER},
    {NAME("max-stale"), offsetof(struct cache_control, max_stale), 0, CACHE_CONTROL_MOST, SMALLER},
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool is_separator(char c) { return c == ',' || c == ';'; }

/* Returns the place of the next separator in ${list} from ${at}, or its length. */
static size_t separator_from(struct text list, size_t at)
{
    while (at < list.len && !is_separator(list.at[at]))
        at++;
    return at;
}

/* ${list} has a quote at ${open}. Returns the place of the closing quote, or the length of the list
 * when there is none. */
static size_t closing_quote(struct text list, size_t open)
{
    size_t at = open + 1;

    while (at < list.len && list.at[at] != '"')
        at += list.at[at] == '\\' ? 2 : 1;
    return at < list.len ? at : list.len;
}

static struct text slice(struct text text, size_t from, size_t to)
{
    return (struct text){text.at + from, to - from};
}

/* Reads the argument that begins at ${from}. Returns the place of the separator after it. */
static size_t read_argument(struct text list, size_t from, struct directive *directive)
{
    bool is_quoted = from < list.len && list.at[from] == '"';
    size_t close = is_quoted ? closing_quote(list, from) : list.len;
    size_t end;

    if (close == list.len) {
        end = separator_from(list, from);
        directive->argument = text_trim(slice(list, from, end));
        directive->is_bad = is_quoted || (from < end && is_blank(list.at[from]));
        return end;
    }
    end = separator_from(list, close + 1);
    directive->argument = slice(list, from + 1, close);
    directive->is_bad = text_trim(slice(list, close + 1, end)).len > 0;
    return end;
}

/* Cuts the first directive from ${*rest}. */
static struct directive cut_directive(struct text *rest)
{
    struct directive directive = {0};
    size_t at = 0, end;

    while (at < rest->len && !is_separator(rest->at[at]) && rest->at[at] != '=')
        at++;
    directive.name = text_trim(slice(*rest, 0, at));
    end = at;
    if (at < rest->len && rest->at[at] == '=') {
        end = read_argument(*rest, at + 1, &directive);
        directive.is_bad = directive.is_bad || (at > 0 && is_blank(rest->at[at - 1]));
    }
    if (end < rest->len)
        directive.is_bad = directive.is_bad || rest->at[end++] == ';';
    *rest = end < rest->len ? slice(*rest, end, rest->len) : (struct text){0};
    return directive;
}

static bool add_flag(struct cache_control *control, const struct directive *directive)
{
    for (size_t i = 0; i < COUNT(flags); i++)
        if (text_equal_nocase(directive->name, flags[i].name)) {
            if (!flags[i].permits || directive->argument.at == NULL)
                *(bool *)((char *)control + flags[i].at) = true;
            return true;
        }
    return false;
}

static int64_t choose(enum choice choice, int64_t a, int64_t b)
{
    if (a == b || a == CACHE_CONTROL_ABSENT)
        return b;
    if (choice == NEITHER)
        return 0;
    return (a < b) == (choice == SMALLER) ? a : b;
}

int cache_control_seconds(struct text text, int64_t *seconds)
{
    uint64_t number = CACHE_CONTROL_MOST;

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return -1;
    if (text.len == 0)
        return -1;
    text_number(text, CACHE_CONTROL_MOST, &number);
    *seconds = (int64_t)number;
    return 0;
}

static int64_t number_of(const struct directive *directive, int64_t bad, int64_t alone)
{
    int64_t seconds = bad;

    if (directive->argument.at == NULL)
        return alone;
    if (!directive->is_bad)
        cache_control_seconds(directive->argument, &seconds);
    return seconds;
}

static void add_number(struct cache_control *control, const struct directive *directive)
{
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (text_equal_nocase(directive->name, numbers[i].name)) {
            int64_t *number = (int64_t *)(void *)((char *)control + numbers[i].at);
            int64_t read = number_of(directive, numbers[i].bad, numbers[i].alone);
            *number = choose(numbers[i].choice, *number, read);
        }
}

struct cache_control cache_control_none(void)
{
    return (struct cache_control){.max_age = CACHE_CONTROL_ABSENT,
                                  .s_maxage = CACHE_CONTROL_ABSENT,
                                  .stale_while_revalidate = CACHE_CONTROL_ABSENT,
                                  .stale_if_error = CACHE_CONTROL_ABSENT,
                                  .min_fresh = CACHE_CONTROL_ABSENT,
                                  .max_stale = CACHE_CONTROL_ABSENT};
}

void cache_control_add(struct cache_control *control, struct text value)
{
    while (value.len > 0) {
        struct directive directive = cut_directive(&value);
        if (!add_flag(control, &directive))
            add_number(control, &directive);
    }
}

struct cache_control cache_control_of(const struct exchange_field *fields, size_t count)
{
    struct cache_control control = cache_control_none();

    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(fields[i].name, TEXT("cache-control")))
            cache_control_add(&control, fields[i].value);
    return control;
}
