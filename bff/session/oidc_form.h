/* Parameters in the form application/x-www-form-urlencoded: queries, and bodies of forms. */
#ifndef BFF_SESSION_OIDC_FORM_H
#define BFF_SESSION_OIDC_FORM_H

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/base/text_builder.h"

/* A parameter that is looked for; ${value} is absent when it is not there. */
struct oidc_param {
    const char *name;
    struct text value;
};

/*
 * Fills the values of ${params} from ${form}; decoded texts are in ${pool}. Other parameters are
 * ignored (RFC 6749 section 3.1). Returns 0; or -1 when one of ${params} occurs twice, is not
 * well-formed, or has a control byte.
 */
int oidc_form_read(struct text form, struct pool *pool, struct oidc_param *params, size_t count);

/* Adds "name=value" to ${out}, and before it '&' unless it would follow '?' or nothing. An absent
 * value adds nothing. ${value} is encoded, ${name} is not. */
void oidc_form_add(struct text_builder *out, const char *name, struct text value);

/* Adds ${value} to ${out}, encoded for a form: a blank is '+' (RFC 6749 appendix B). */
void oidc_form_encode(struct text_builder *out, struct text value);

#endif
