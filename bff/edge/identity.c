/* See identity.h. */
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/clock.h"
#include "bff/base/memory.h"
#include "bff/base/random.h"
#include "bff/base/secret_hash.h"
#include "bff/base/text_builder.h"
#include "bff/edge/identity_table.h"
#include "bff/json/json_print.h"
#include "bff/token/jwt_base64.h"

#include "bff/edge/identity.h"

#define JTI_DIGITS 32
#define SID_BYTES 32 /* of SHA-256 */

struct identity {
    const struct identity_keys *keys;
    struct identity_table *table;
    struct random random;
    struct secret_hash sessions;
    struct text_builder key; /* its memory is used again for each key */
};

const char *identity_check(const struct identity_settings *settings)
{
    const char *wrong;

    identity_keys_free(identity_keys_new(settings, &wrong));
    return wrong;
}

struct identity *identity_new(const struct identity_keys *keys)
{
    struct identity *identity = memory_new(sizeof(*identity));

    identity->keys = keys;
    identity->table = identity_table_new();
    random_seed(&identity->random);
    secret_hash_seed(&identity->sessions);
    return identity;
}

void identity_free(struct identity *identity)
{
    if (identity == NULL)
        return;
    identity_table_free(identity->table);
    text_builder_free(&identity->key);
    memory_free(identity);
}

struct text identity_header(const struct identity *identity)
{
    return identity_keys_settings(identity->keys)->header;
}

/* Each text follows its length, so two different rows of texts never give the same key. */
static void add_to_key(struct text_builder *key, struct text text)
{
    text_builder_size(key, text.len);
    text_builder_add(key, TEXT(":"));
    text_builder_add(key, text);
}

/* The id of a session may be all that a cookie has. So it is not kept: a hash distinguishes the
 * sessions of one user. */
static struct text key_of(struct identity *identity, const struct identity_subject *subject,
                          struct text audience)
{
    identity->key.len = 0;
    add_to_key(&identity->key, audience);
    add_to_key(&identity->key, subject->user);
    add_to_key(&identity->key, subject->roles);
    add_to_key(&identity->key, subject->scopes);
    add_to_key(&identity->key, subject->client);
    text_builder_size(&identity->key, secret_hash_text(&identity->sessions, subject->session));
    return text_builder_text(&identity->key);
}

static struct text unless_empty(struct text text) { return text.len > 0 ? text : (struct text){0}; }

static struct text list_of(struct text roles, struct pool *pool)
{
    struct json_print out;

    if (roles.len == 0)
        return (struct text){0};
    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("["));
    for (bool is_first = true; roles.len > 0; is_first = false) {
        json_print_raw(&out, is_first ? TEXT("") : TEXT(","));
        json_print_string(&out, text_cut(&roles, ','));
    }
    json_print_raw(&out, TEXT("]"));
    return json_print_text(&out);
}

/* A service could use the session of a browser if it knew the id. */
static struct text sid_of(struct text session, struct pool *pool)
{
    unsigned char sum[SID_BYTES];

    if (session.len == 0)
        return (struct text){0};
    must(EVP_Digest(session.at, session.len, sum, NULL, EVP_sha256(), NULL) == 1);
    return jwt_base64_encode(pool, (struct text){(const char *)sum, sizeof(sum)});
}

static struct text sign(struct identity *identity, const struct identity_subject *subject,
                        struct text audience, int64_t now_s, struct pool *pool)
{
    const struct identity_settings *settings = identity_keys_settings(identity->keys);
    char jti[JTI_DIGITS];

    random_hex(&identity->random, jti, JTI_DIGITS);
    const struct sign_claim claims[] = {
        {"iss", SIGN_TEXT, .text = settings->issuer},
        {"sub", SIGN_TEXT, .text = unless_empty(subject->user)},
        {"aud", SIGN_TEXT, .text = audience},
        {"roles", SIGN_JSON, .text = list_of(subject->roles, pool)},
        {"scope", SIGN_TEXT, .text = unless_empty(subject->scopes)},
        {"client_id", SIGN_TEXT, .text = unless_empty(subject->client)},
        {"sid", SIGN_TEXT, .text = sid_of(subject->session, pool)},
        {"jti", SIGN_TEXT, .text = {jti, JTI_DIGITS}},
        {"iat", SIGN_NUMBER, .number = now_s},
        {"exp", SIGN_NUMBER, .number = now_s + settings->ttl_s},
    };
    return sign_token(identity_keys_sign(identity->keys), claims,
                      sizeof(claims) / sizeof(claims[0]), pool);
}

struct text identity_token(struct identity *identity, const struct identity_subject *subject,
                           struct text service)
{
    const struct identity_settings *settings = identity_keys_settings(identity->keys);
    struct text audience = settings->audience.at != NULL ? settings->audience : service;
    struct text key = key_of(identity, subject, audience);
    int64_t now_s = clock_wall_s(), until_s = now_s + settings->ttl_s * 3 / 4;
    struct text token = identity_table_find(identity->table, key, now_s);

    if (token.at != NULL)
        return token;
    struct pool *pool = pool_new();
    token = sign(identity, subject, audience, now_s, pool);
    if (token.at != NULL)
        token = identity_table_put(identity->table, key, token, now_s, until_s);
    pool_free(pool);
    return token;
}
