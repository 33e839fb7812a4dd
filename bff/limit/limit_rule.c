/* See limit_rule.h. */
#include "bff/base/path_reading.h"
#include "bff/edge/path_list.h"
#include "bff/http/method.h"
#include "bff/limit/limit_rule.h"

bool limit_rule_counts_by(const struct limit_rule *rule, enum limit_key_kind kind)
{
    for (size_t i = 0; i < rule->key_count; i++)
        if (rule->key[i].kind == kind)
            return true;
    return false;
}

bool limit_rule_needs_user(const struct limit_rule *rule)
{
    return limit_rule_counts_by(rule, LIMIT_KEY_USER) ||
           limit_rule_counts_by(rule, LIMIT_KEY_API_KEY);
}

struct text limit_rule_path(struct pool *pool, struct text path)
{
    struct text lenient = path_reading_lenient(pool, path);
    bool is_prefix = path.len > 0 && path.at[path.len - 1] == '/';

    return is_prefix ? pool_print(pool, "%.*s/", TEXT_ARGS(lenient)) : lenient;
}

bool limit_rule_matches(const struct limit_rule *rule, struct text method, struct text path)
{
    return path_list_item_has(rule->path, path) && method_is_among(rule->methods, method);
}
