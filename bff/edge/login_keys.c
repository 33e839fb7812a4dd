/* See login_keys.h. */
#include <errno.h>
#include <stdio.h>

#include "bff/base/file.h"
#include "bff/base/memory.h"
#include "bff/token/jwks.h"
#include "bff/token/jwt_pem.h"
#include "bff/token/jwt_verify.h"

#include "bff/edge/login_keys.h"

#define FILE_MAX ((size_t)256 * 1024)

static bool is_json(struct text text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.at[0]) != NULL) {
        text.at++;
        text.len--;
    }
    return text_starts(text, TEXT("{"));
}

static int read_pem(struct jwt_keys *keys, struct text text, unsigned allowed,
                    char wrong[JWT_WRONG_SIZE])
{
    if (jwt_pem_read(text, keys, wrong) != 0)
        return -1;
    struct jwt_key *key = &keys->rows[keys->count - 1];
    key->algorithms &= allowed;
    if (key->algorithms != 0)
        return 0;
    snprintf(wrong, JWT_WRONG_SIZE, "is a key for none of the algorithms");
    return -1;
}

int login_keys_read(struct jwt_keys *keys, const char *file, unsigned allowed,
                    const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE])
{
    int status = -1;
    char *bytes = memory_new(FILE_MAX + 1);
    ssize_t len = file_read(file, bytes, FILE_MAX);
    struct text text = text_skip_mark((struct text){bytes, len < 0 ? 0 : (size_t)len});

    if (len < 0)
        snprintf(wrong, JWT_WRONG_SIZE, "cannot be read: %s", strerror(errno));
    else if ((size_t)len > FILE_MAX)
        snprintf(wrong, JWT_WRONG_SIZE, "is larger than %zu bytes", FILE_MAX);
    else if (is_json(text))
        status = jwks_read(text, allowed, keys, listener, wrong);
    else
        status = read_pem(keys, text, allowed, wrong);
    memory_free(bytes);
    return status;
}

static bool fits(const struct jwt_key *key, const struct jwt *token)
{
    return (key->algorithms & JWT_BIT(token->algorithm)) != 0;
}

static bool is_only_one(const struct jwt_keys *keys, const struct jwt *token)
{
    size_t fitting = 0;

    for (size_t i = 0; i < keys->count; i++)
        fitting += fits(&keys->rows[i], token);
    return fitting == 1;
}

static bool is_meant(const struct jwt_keys *keys, const struct jwt_key *key,
                     const struct jwt *token)
{
    if (key->kid == NULL)
        return true;
    if (token->kid.at == NULL)
        return is_only_one(keys, token);
    return text_equal(token->kid, (struct text){key->kid, key->kid_len});
}

bool login_keys_has(const struct jwt_keys *keys, const struct jwt *token)
{
    for (size_t i = 0; i < keys->count; i++)
        if (fits(&keys->rows[i], token) && is_meant(keys, &keys->rows[i], token))
            return true;
    return false;
}

bool login_keys_verify(const struct jwt_keys *keys, const struct jwt *token)
{
    for (size_t i = 0; i < keys->count; i++) {
        const struct jwt_key *key = &keys->rows[i];
        if (fits(key, token) && is_meant(keys, key, token) && jwt_verify_key(token, key))
            return true;
    }
    return false;
}
