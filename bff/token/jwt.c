/* See jwt.h. */
#include "bff/token/jwt_base64.h"
#include "bff/token/jwt_members.h"

#include "bff/token/jwt.h"

static int read_algorithm(struct json alg, unsigned allowed, struct pool *pool,
                          enum jwt_algorithm *out)
{
    if (!json_is(alg, JSON_STRING) || jwt_algorithm_of(json_text(alg, pool), out) != 0)
        return -1;
    return (allowed & JWT_BIT(*out)) != 0 ? 0 : -2;
}

/* Reads a member that may be absent. */
static int read_string(struct json member, struct pool *pool, struct text *out)
{
    if (json_is(member, JSON_NONE))
        return 0;
    if (!json_is(member, JSON_STRING))
        return -1;
    *out = json_text(member, pool);
    return 0;
}

static int read_header(struct text text, unsigned allowed, struct pool *pool, struct jwt *out)
{
    enum { ALG, KID, TYP, CRIT, B64 };
    struct jwt_member members[] = {
        [ALG] = {.name = "alg"},   [KID] = {.name = "kid"}, [TYP] = {.name = "typ"},
        [CRIT] = {.name = "crit"}, [B64] = {.name = "b64"},
    };
    struct json header;

    if (jwt_object(text, &header) != 0 ||
        jwt_members_read(header, pool, members, sizeof(members) / sizeof(members[0])) != 0)
        return -1;
    /* We support no extension, so every extension that `crit` lists must be refused. */
    if (!json_is(members[CRIT].value, JSON_NONE))
        return -1;
    if (!json_is(members[B64].value, JSON_NONE) && !json_is(members[B64].value, JSON_TRUE))
        return -1;
    int status = read_algorithm(members[ALG].value, allowed, pool, &out->algorithm);
    if (status != 0)
        return status;
    if (read_string(members[TYP].value, pool, &out->typ) != 0)
        return -1;
    return read_string(members[KID].value, pool, &out->kid);
}

int jwt_read(struct text token, unsigned allowed, struct pool *pool, struct jwt *out)
{
    struct text rest = token, header = text_cut(&rest, '.'), claims = text_cut(&rest, '.');

    *out = (struct jwt){0};
    /* The third segment is everything after the second dot. If it has another dot, the base64url
     * decoder refuses it. */
    if (rest.at == NULL || jwt_base64_decode(pool, header, &header) != 0)
        return -1;
    int status = read_header(header, allowed, pool, out);
    if (status != 0)
        return status;
    out->signed_bytes = (struct text){token.at, (size_t)(rest.at - 1 - token.at)};
    if (jwt_base64_decode(pool, claims, &out->claims) != 0)
        return -1;
    return jwt_base64_decode(pool, rest, &out->signature);
}

bool jwt_is_access(const struct jwt *token)
{
    return text_equal_nocase(token->typ, TEXT("at+jwt")) ||
           text_equal_nocase(token->typ, TEXT("application/at+jwt"));
}
