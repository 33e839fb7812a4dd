/* See section_rate_limits_check.h. */
#include "bff/limit/limiter.h"

#include "bff/config/section_rate_limits_check.h"
#include "bff/config/section_rate_limits_reach.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MEMBER(path) ((path) + sizeof("rate_limits.*.") - 1)

/* The settings of each family of algorithms. A rule has those of one family. */
static const char *const families[][3] = {
    {"rate_limits.*.window", "rate_limits.*.max", "rate_limits.*.sliding"},
    {"rate_limits.*.rate", "rate_limits.*.burst", "rate_limits.*.delay"},
    {"rate_limits.*.minute", "rate_limits.*.hour", "rate_limits.*.day"},
};

enum family {
    WINDOW,
    RATE,
    CALENDAR,
    NO_FAMILY,
};

static bool is_wrong(const struct settings *settings, const char *path, size_t index)
{
    return settings_mark(settings, path, index)->is_wrong;
}

/* A wrong value has been reported, and was meant all the same. */
static bool is_meant(const struct settings *settings, const char *path, size_t index)
{
    return settings_is_given(settings, path, index) || is_wrong(settings, path, index);
}

/* Returns the first setting of the family that the rule has; NULL: it has none. */
static const char *first_of(const struct settings *settings, enum family family, size_t index)
{
    for (size_t i = 0; i < COUNT(families[family]); i++)
        if (is_meant(settings, families[family][i], index))
            return families[family][i];
    return NULL;
}

/* Reports a mistake of the rule as a whole. */
static void rule_complain(struct settings *settings, const struct settings_group *group,
                          size_t index, const char *words)
{
    mistakes_add(&settings->config->mistakes, &group->begins[index], "rate_limits[%zu]: %s", index,
                 words);
}

static void missing_check(struct settings *settings, const struct settings_group *group,
                          size_t index, const char *path)
{
    if (!is_meant(settings, path, index))
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "rate_limits[%zu]: its %s is missing", index, MEMBER(path));
}

/* Reports the settings of a second family. Returns the first family. */
static enum family family_of(struct settings *settings, const struct settings_group *group,
                             size_t index)
{
    enum family found = NO_FAMILY;

    for (enum family family = WINDOW; family < NO_FAMILY; family++) {
        const char *one = first_of(settings, family, index);
        if (one == NULL)
            continue;
        if (found == NO_FAMILY)
            found = family;
        else if (!is_wrong(settings, one, index))
            settings_complain(settings, one, index,
                              "%s stands beside it, and a rule counts in one way; make two rules "
                              "of it",
                              MEMBER(first_of(settings, found, index)));
    }
    if (found == NO_FAMILY)
        rule_complain(settings, group, index,
                      "it limits nothing; expected window and max, rate and burst, or some of "
                      "minute, hour and day");
    return found;
}

/* Reports ${path} if the rule has it without ${other}. */
static void need_check(struct settings *settings, size_t index, const char *path, const char *other)
{
    if (settings_is_given(settings, path, index) && !is_meant(settings, other, index))
        settings_complain(settings, path, index, "it needs %s beside it", MEMBER(other));
}

static void window_check(struct settings *settings, size_t index)
{
    const struct limit_rule *rule = &settings->config->rate_limits.rows[index];
    const char *window = families[WINDOW][0], *max = families[WINDOW][1];
    bool has_one = is_meant(settings, window, index) || is_meant(settings, max, index);

    need_check(settings, index, window, max);
    need_check(settings, index, max, window);
    if (!has_one)
        settings_complain(settings, families[WINDOW][2], index,
                          "it needs window and max beside it");
    if (rule->algorithm == LIMIT_SLIDING && rule->max > LIMIT_SLIDING_MOST)
        settings_complain(settings, max, index, "with sliding it is at most %d",
                          LIMIT_SLIDING_MOST);
}

static void delay_check(struct settings *settings, size_t index)
{
    const struct limit_rule *rule = &settings->config->rate_limits.rows[index];
    const char *delay = families[RATE][2];

    if (settings_is_given(settings, delay, index) && rule->delay != LIMIT_NO_DELAY &&
        rule->delay > 0 && rule->delay >= rule->burst &&
        !is_wrong(settings, families[RATE][1], index))
        settings_warn(settings, delay, index,
                      "no request waits, because burst is not more; write it as off");
}

static void rate_check(struct settings *settings, size_t index)
{
    struct limit_rule *rule = &settings->config->rate_limits.rows[index];
    const char *rate = families[RATE][0], *burst = families[RATE][1], *delay = families[RATE][2];
    bool is_bucket = !is_meant(settings, delay, index);

    rule->algorithm = is_bucket ? LIMIT_TOKENS : LIMIT_LEAKY;
    need_check(settings, index, burst, rate);
    need_check(settings, index, delay, rate);
    if (is_bucket && is_meant(settings, rate, index) && !is_meant(settings, burst, index))
        settings_complain(settings, rate, index,
                          "it needs burst beside it, the size of the token bucket; or delay, for "
                          "the leaky bucket of nginx, whose burst may be 0");
    else if (is_bucket && rule->burst == 0 && !is_wrong(settings, burst, index) &&
             is_meant(settings, rate, index))
        settings_complain(
            settings, burst, index,
            "a token bucket needs at least 1; with delay: off beside it 0 is allowed");
    delay_check(settings, index);
}

/* A longer period that allows no more is the only one that matters. */
static void calendar_check(struct settings *settings, size_t index)
{
    struct limit_rule *rule = &settings->config->rate_limits.rows[index];

    rule->algorithm = LIMIT_CALENDAR;
    for (size_t i = 0; i < COUNT(families[CALENDAR]); i++)
        for (size_t j = i + 1; j < COUNT(families[CALENDAR]); j++) {
            if (rule->periods[i] == 0 || rule->periods[j] == 0 ||
                rule->periods[i] <= rule->periods[j])
                continue;
            settings_warn(settings, families[CALENDAR][i], index,
                          "it has no effect: %s allows fewer requests",
                          MEMBER(families[CALENDAR][j]));
            break;
        }
}

static void algorithm_check(struct settings *settings, const struct settings_group *group,
                            size_t index)
{
    size_t mistakes = settings->config->mistakes.count;
    enum family family = family_of(settings, group, index);

    if (settings->config->mistakes.count > mistakes)
        return;
    if (family == WINDOW)
        window_check(settings, index);
    else if (family == RATE)
        rate_check(settings, index);
    else
        calendar_check(settings, index);
}

static void name_check(struct settings *settings, size_t index)
{
    const struct limit_rule *rules = settings->config->rate_limits.rows;

    for (size_t i = 0; i < index && rules[index].name.at != NULL; i++) {
        if (!text_equal(rules[i].name, rules[index].name))
            continue;
        settings_complain(settings, "rate_limits.*.name", index,
                          "rate_limits[%zu] has the same name, and so the same counts", i);
        return;
    }
}

static void user_check(struct settings *settings, size_t index)
{
    const struct config *config = settings->config;

    if (config->login_is_off &&
        limit_rule_counts_by(&config->rate_limits.rows[index], LIMIT_KEY_USER))
        settings_complain(settings, "rate_limits.*.key", index,
                          "login is off, so no request has a user");
}

/* True when ${rule} counts requests for the path of ${other}. */
static bool covers(const struct limit_rule *rule, const struct limit_rule *other)
{
    struct limit_rule all = {.path = rule->path};
    struct text path = other->path;

    path.len -= path.at[path.len - 1] == '/';
    return rule->path.at != NULL && limit_rule_matches(&all, TEXT("GET"), path);
}

/* Among the rules that a request matches, one has the longest path, and the paths of the others
 * cover it. So it is enough to count for each rule those that cover its path. */
static void hits_check(struct settings *settings, size_t index)
{
    const struct limit_rules *rules = &settings->config->rate_limits;
    const struct limit_rule *rule = &rules->rows[index];
    size_t hits = 0;

    if (rule->path.at == NULL)
        return;
    for (size_t i = 0; i < rules->count; i++)
        hits += covers(&rules->rows[i], rule) &&
                limit_rule_needs_user(&rules->rows[i]) == limit_rule_needs_user(rule);
    if (hits > LIMIT_HITS_MAX)
        settings_complain(settings, "rate_limits.*.path", index,
                          "%zu rules count the requests of this path; expected at most %d", hits,
                          LIMIT_HITS_MAX);
}

void section_rate_limits_check_rule(struct settings *settings, const struct settings_group *group,
                                    size_t index)
{
    missing_check(settings, group, index, "rate_limits.*.name");
    missing_check(settings, group, index, "rate_limits.*.path");
    algorithm_check(settings, group, index);
    name_check(settings, index);
    user_check(settings, index);
    hits_check(settings, index);
    section_rate_limits_reach_check(settings, index);
}
