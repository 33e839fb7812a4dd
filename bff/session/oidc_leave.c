/* See oidc_leave.h. */
#include "bff/base/text_builder.h"
#include "bff/session/oidc_form.h"

#include "bff/session/oidc_leave.h"

static struct text seal_with(const struct oidc_leave *leave, const struct session_seal *seal,
                             struct text name, int64_t now_s, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 256);
    oidc_form_add(&out, "p", leave->provider);
    oidc_form_add(&out, "i", leave->id_token);
    oidc_form_add(&out, "t", pool_print(pool, "%lld", (long long)now_s));
    return session_seal_close(seal, name, text_builder_text(&out), pool);
}

struct text oidc_leave_seal(const struct oidc_leave *leave, const struct session_seal *seal,
                            struct text name, int64_t now_s, struct pool *pool)
{
    struct oidc_leave less = {.provider = leave->provider, .id_token = TEXT("")};
    struct text value = seal_with(leave, seal, name, now_s, pool);

    return value.len <= OIDC_LEAVE_VALUE_MAX ? value : seal_with(&less, seal, name, now_s, pool);
}

int oidc_leave_open(const struct session_seal *seal, struct text name, struct text value,
                    int64_t now_s, struct pool *pool, struct oidc_leave *out)
{
    struct oidc_param params[] = {{"p", {0}}, {"i", {0}}, {"t", {0}}};
    struct text content;
    uint64_t began;

    if (session_seal_open(seal, name, value, pool, &content) != 0 ||
        oidc_form_read(content, pool, params, 3) != 0 || params[0].value.at == NULL ||
        text_number(params[2].value, INT64_MAX / 2, &began) != 0 ||
        now_s - (int64_t)began >= OIDC_LEAVE_S)
        return -1;
    *out = (struct oidc_leave){.provider = params[0].value, .id_token = params[1].value};
    return 0;
}
