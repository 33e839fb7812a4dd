/* Checks of a composite's route and its access. See plan_check.h. */
#include "bff/edge/login_roles.h"
#include "bff/http/own_path.h"

#include "bff/compose/plan_check.h"

#define SEGMENT_BYTES PLAN_NAME_BYTES ".~"

/* The route. */

/* True when ${path} has an equal segment before ${segment}, which points into ${path}. */
static bool stands_before(struct text path, struct text segment)
{
    struct text rest = path;

    for (struct text at = text_cut(&rest, '/'); at.at != segment.at; at = text_cut(&rest, '/'))
        if (text_equal(at, segment))
            return true;
    return false;
}

static void check_segment(struct plan_mistakes *mistakes, struct text path, struct text segment)
{
    bool is_param = segment.len > 0 && segment.at[0] == ':';
    struct text name = {segment.at + 1, segment.len - 1};

    if (!is_param && (!plan_is_made_of(segment, SEGMENT_BYTES) || text_is(segment, ".") ||
                      text_is(segment, "..")))
        plan_mistake(mistakes,
                     ".route: segment \"%.*s\" must be letters, digits, '-', '.', '_' or '~'",
                     TEXT_ARGS(segment));
    if (is_param && !plan_is_made_of(name, PLAN_NAME_BYTES))
        plan_mistake(mistakes,
                     ".route: parameter \"%.*s\" must be ':' and letters, digits, '_' or '-'",
                     TEXT_ARGS(segment));
    else if (is_param && stands_before(path, segment))
        plan_mistake(mistakes, ".route: parameter \"%.*s\" stands twice", TEXT_ARGS(segment));
}

/* An empty segment is allowed only at the end: a path with a trailing slash is a different path. */
static void check_path(struct plan_mistakes *mistakes, struct text path)
{
    struct text rest = {path.at + 1, path.len - 1};

    while (rest.at != NULL) {
        struct text segment = text_cut(&rest, '/');
        bool is_trailing = segment.len == 0 && rest.at == NULL;
        if (!is_trailing)
            check_segment(mistakes, path, segment);
    }
}

void plan_check_route(struct plan_mistakes *mistakes)
{
    struct text path = text_of(mistakes->composite->route);
    struct text method = text_cut(&path, ' ');

    if (method.len == 0 || path.len < 2 || path.at[0] != '/') {
        plan_mistake(mistakes,
                     ".route must be a method, a space and a path: \"GET /api/users/:id\"");
        return;
    }
    if (!text_list_has(TEXT("GET, POST, PUT, PATCH, DELETE"), method))
        plan_mistake(mistakes,
                     ".route: a composite answers GET, POST, PUT, PATCH or DELETE, not %.*s",
                     TEXT_ARGS(method));
    if (own_path_is(path))
        plan_mistake(mistakes, ".route: " OWN_PATH_WORDS);
    check_path(mistakes, path);
}

/* Who may ask. */

static void check_role(struct plan_mistakes *mistakes, const struct bff_composite *composite)
{
    bool is_needed = composite->access == BFF_ROLE;

    if (!is_needed && composite->role != NULL)
        plan_mistake(mistakes, ".role is named, but .access is not BFF_ROLE");
    else if (is_needed && text_of(composite->role).len == 0)
        plan_mistake(mistakes, ".access is BFF_ROLE, but .role is missing");
    else if (is_needed && !login_roles_is_one(text_of(composite->role)))
        plan_mistake(mistakes, ".role is not one role: expected visible ASCII without a comma");
}

static void check_owner(struct plan_mistakes *mistakes, const struct bff_composite *composite)
{
    bool is_needed = composite->access == BFF_OWNER;

    if (!is_needed && composite->owner != NULL)
        plan_mistake(mistakes, ".owner is named, but .access is not BFF_OWNER");
    else if (is_needed && text_of(composite->owner).len == 0)
        plan_mistake(mistakes, ".access is BFF_OWNER, but .owner is missing");
}

static void check_scopes(struct plan_mistakes *mistakes, const struct bff_composite *composite)
{
    bool is_needed = composite->access == BFF_SCOPE;
    struct text scopes = text_of(composite->scopes);
    struct access_rule rule;
    struct pool *pool = pool_new();
    const char *words = is_needed ? access_scopes_read(scopes, pool, &rule) : NULL;

    pool_free(pool);
    if (!is_needed && composite->scopes != NULL)
        plan_mistake(mistakes, ".scopes is named, but .access is not BFF_SCOPE");
    else if (is_needed && scopes.len == 0)
        plan_mistake(mistakes, ".access is BFF_SCOPE, but .scopes is missing");
    else if (words != NULL)
        plan_mistake(mistakes, ".scopes: %s", words);
}

void plan_check_access(struct plan_mistakes *mistakes)
{
    const struct bff_composite *composite = mistakes->composite;

    if (composite->access == BFF_ACCESS_MISSING)
        plan_mistake(mistakes,
                     ".access is missing: BFF_PUBLIC, BFF_SIGNED_IN, BFF_ROLE, BFF_OWNER, "
                     "BFF_SCOPE or BFF_KEY");
    if (composite->access > BFF_KEY)
        plan_mistake(mistakes, ".access is none of enum bff_access");
    check_role(mistakes, composite);
    check_owner(mistakes, composite);
    check_scopes(mistakes, composite);
}
