/* See oidc_form.h. */
#include "bff/base/percent.h"

#include "bff/session/oidc_form.h"

static bool has_control(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return true;
    return false;
}

static int take(struct text pair, struct pool *pool, struct oidc_param *params, size_t count)
{
    struct text name, value = pair, raw = text_cut(&value, '=');

    if (percent_decode_form(pool, raw, &name) != 0)
        return 0; /* it is none of ours: these names need no encoding */
    for (size_t i = 0; i < count; i++) {
        if (!text_is(name, params[i].name))
            continue;
        if (params[i].value.at != NULL || value.at == NULL ||
            percent_decode_form(pool, value, &params[i].value) != 0 || has_control(params[i].value))
            return -1;
    }
    return 0;
}

int oidc_form_read(struct text form, struct pool *pool, struct oidc_param *params, size_t count)
{
    while (form.at != NULL)
        if (take(text_cut(&form, '&'), pool, params, count) != 0)
            return -1;
    return 0;
}

void oidc_form_encode(struct text_builder *out, struct text value)
{
    char *at = text_builder_room(out, PERCENT_ENCODED_MAX(value.len));

    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == ' ')
            *at++ = '+';
        else
            at += percent_encode(at, (struct text){value.at + i, 1});
    }
    out->len = (size_t)(at - out->at);
}

void oidc_form_add(struct text_builder *out, const char *name, struct text value)
{
    if (value.at == NULL)
        return;
    if (out->len > 0 && out->at[out->len - 1] != '?' && out->at[out->len - 1] != '&')
        text_builder_add(out, TEXT("&"));
    text_builder_add(out, text_of(name));
    text_builder_add(out, TEXT("="));
    oidc_form_encode(out, value);
}
