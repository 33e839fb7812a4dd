/* See api_key.h. */
#include "bff/base/percent.h"
#include "bff/base/sha256.h"
#include "bff/edge/api_key.h"
#include "bff/edge/api_keys_settings.h"
#include "bff/edge/login_roles.h"

/* Services get the name in a header, and Redis in the name of a count. */
static bool is_name(struct text name)
{
    return name.len <= API_KEY_NAME_MAX && text_is_visible(name) &&
           memchr(name.at, '"', name.len) == NULL && memchr(name.at, ',', name.len) == NULL &&
           memchr(name.at, '\\', name.len) == NULL;
}

static size_t plan_of(const struct api_keys_settings *settings, struct text name)
{
    for (size_t i = 0; i < settings->plan_count; i++)
        if (text_equal(settings->plans[i].name, name))
            return i;
    return API_KEY_NO_PLAN;
}

/* Joins the items of ${list}, which ${separator} separates, without blanks around them and without
 * empty ones. Returns false if one of them is too long or has other bytes than visible ASCII and
 * blanks inside. */
static bool read_list(struct text list, char separator, struct pool *pool, struct text *out)
{
    char *bytes = pool_take(pool, list.len + 1);
    size_t len = 0;

    while (list.len > 0) {
        struct text one = text_trim(text_cut(&list, separator));
        if (one.len == 0)
            continue;
        if (!login_roles_is_plain(one))
            return false;
        if (len > 0)
            bytes[len++] = separator;
        memcpy(bytes + len, one.at, one.len);
        len += one.len;
    }
    *out = (struct text){bytes, len};
    return true;
}

static bool is_one_of(struct text text, const char *a, const char *b)
{
    return text_is(text, a) || text_is(text, b);
}

static const char *find_wrong_user(const struct api_key_row *row, struct pool *pool,
                                   struct api_key *out)
{
    if (!login_roles_is_plain(row->user))
        return "its user is wrong: expected visible ASCII, at most 256 bytes";
    if (!read_list(row->roles, ',', pool, &out->roles))
        return "its role is wrong: expected visible ASCII, at most 256 bytes";
    if (!read_list(row->scopes, ' ', pool, &out->scopes))
        return "its scopes are wrong: expected visible ASCII";
    if (row->user.len == 0 && (out->roles.len > 0 || out->scopes.len > 0))
        return "it has a role or scopes, but no user";
    return NULL;
}

static const char *find_wrong(const struct api_key_row *row,
                              const struct api_keys_settings *settings, struct pool *pool,
                              struct api_key *out)
{
    if (row->name.len == 0)
        return "its name is missing";
    if (!is_name(row->name))
        return "its name is wrong: expected 1 to 64 bytes of visible ASCII without quotes, commas "
               "and backslashes";
    if (row->plan.len > 0 && out->plan == API_KEY_NO_PLAN)
        return "there is no such plan in api_keys.plans";
    const char *wrong = find_wrong_user(row, pool, out);
    if (wrong != NULL)
        return wrong;
    if (row->disabled.len > 0 && !is_one_of(row->disabled, "true", "1") &&
        !is_one_of(row->disabled, "false", "0"))
        return "disabled is neither true nor false";
    return NULL;
}

enum api_key_reading api_key_read(const struct api_key_row *row,
                                  const struct api_keys_settings *settings, struct pool *pool,
                                  struct api_key *out, const char **wrong)
{
    *out = (struct api_key){.name = row->name, .user = row->user};
    out->plan = plan_of(settings, row->plan);
    *wrong = find_wrong(row, settings, pool, out);
    if (*wrong != NULL)
        return API_KEY_WRONG;
    return is_one_of(row->disabled, "true", "1") ? API_KEY_DISABLED : API_KEY_GOOD;
}

const struct api_key *api_key_copy(const struct api_key *key, struct pool *pool)
{
    struct api_key *copy = pool_take(pool, sizeof(*copy));

    *copy = (struct api_key){
        .name = pool_text(pool, key->name),
        .plan = key->plan,
        .user = pool_text(pool, key->user),
        .roles = pool_text(pool, key->roles),
        .scopes = pool_text(pool, key->scopes),
    };
    return copy;
}

bool api_key_is_plausible(struct text value)
{
    return value.len > 0 && value.len <= API_KEY_MAX && text_is_visible(value);
}

void api_key_digest(struct text value, unsigned char digest[API_KEY_DIGEST])
{
    sha256_of(value, digest);
}

int api_key_digest_read(struct text hex, unsigned char digest[API_KEY_DIGEST])
{
    if (hex.len != (size_t)2 * API_KEY_DIGEST)
        return -1;
    for (size_t i = 0; i < API_KEY_DIGEST; i++) {
        int high = percent_hex(hex.at[2 * i]), low = percent_hex(hex.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        digest[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}
