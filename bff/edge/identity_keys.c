/* See identity_keys.h. */
#include <errno.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "bff/base/check.h"
#include "bff/base/digest.h"
#include "bff/base/file.h"
#include "bff/base/memory.h"
#include "bff/json/json_print.h"
#include "bff/token/jwk.h"
#include "bff/token/jwt_pem.h"

#include "bff/edge/identity_keys.h"

#define FILE_MAX ((size_t)64 * 1024)

struct identity_keys {
    struct pool *pool;
    struct identity_settings settings;
    struct sign *sign;
    struct text set, etag;
};

/* The bytes of a file of keys. They are overwritten when they are freed. */
struct file {
    char *bytes;
    struct text text;
};

static _Thread_local char wrong_text[512];

static const char *complain(const char *name, const char *words)
{
    snprintf(wrong_text, sizeof(wrong_text), "%s: %s", name, words);
    return wrong_text;
}

static void close_file(struct file *file)
{
    if (file->bytes != NULL)
        OPENSSL_cleanse(file->bytes, FILE_MAX + 1);
    memory_free(file->bytes);
}

/* Returns NULL, or what is wrong. close_file is to be called in both cases. */
static const char *open_file(const char *name, struct file *file)
{
    file->bytes = memory_new(FILE_MAX + 1);
    ssize_t len = file_read(name, file->bytes, FILE_MAX);
    char words[128];

    if (len < 0) {
        snprintf(words, sizeof(words), "cannot be read: %s", strerror(errno));
        return complain(name, words);
    }
    if ((size_t)len > FILE_MAX)
        return complain(name, "is larger than 64 KiB");
    file->text = (struct text){file->bytes, (size_t)len};
    return NULL;
}

/* The key that signs. */

static const char *read_signing(struct identity_keys *keys, const char *name)
{
    char words[JWT_WRONG_SIZE];
    struct file file = {0};
    const char *wrong = open_file(name, &file);

    if (wrong == NULL) {
        keys->sign = sign_new(file.text, keys->settings.algorithm, words);
        if (keys->sign == NULL)
            wrong = complain(name, words);
    }
    close_file(&file);
    return wrong;
}

/* libjwt may refuse what OpenSSL can read. This is found at the start, not by the first request. */
static const char *try_signing(struct identity_keys *keys, const char *name)
{
    struct sign_claim claim = {.name = "iat", .kind = SIGN_NUMBER};
    struct pool *pool = pool_new();
    struct text token = sign_token(keys->sign, &claim, 1, pool);

    pool_free(pool);
    return token.at != NULL ? NULL : complain(name, "libjwt cannot sign with this key");
}

/* The key set. */

/* The algorithm for the set. An RSA key that signs no longer may have signed with any of its
 * algorithms: then the member is left out. */
static struct text algorithm_of(const struct identity_keys *keys, unsigned algorithms)
{
    enum jwt_algorithm one = keys->settings.algorithm;

    if ((algorithms & JWT_BIT(one)) == 0)
        for (one = 0; one < JWT_ALGORITHM_COUNT && algorithms != JWT_BIT(one);)
            one++;
    return one == JWT_ALGORITHM_COUNT ? (struct text){0} : text_of(jwt_algorithm_name(one));
}

/* A key that is in the set already is left out: an operator may name a key twice while keys
 * change. */
static void add_key(const struct identity_keys *keys, struct json_print *out, EVP_PKEY *key,
                    unsigned algorithms)
{
    struct text kid = jwk_thumbprint(key, keys->pool), set = json_print_text(out);

    if (memmem(set.at, set.len, kid.at, kid.len) != NULL)
        return;
    if (set.at[set.len - 1] != '[')
        json_print_raw(out, TEXT(","));
    jwk_print(out, key, kid, algorithm_of(keys, algorithms));
}

/* Adds ${key}, which is of the file ${name}. Returns NULL, or what is wrong. */
static const char *check_and_add(const struct identity_keys *keys, struct json_print *out,
                                 const char *name, EVP_PKEY *key)
{
    char words[JWT_WRONG_SIZE];
    unsigned algorithms = jwt_key_algorithms(key, words);

    if (algorithms == 0)
        return complain(name, words);
    if ((algorithms & SIGN_ALGORITHMS) == 0)
        return complain(name, "is neither an RSA key nor one on P-256, P-384 or P-521");
    add_key(keys, out, key, algorithms);
    return NULL;
}

static int no_passphrase(char *bytes, int size, int is_writing, void *cookie) { return -1; }

/* The key of a file that has a private key; NULL: the file has something else. */
static EVP_PKEY *private_key(struct text pem)
{
    BIO *from = BIO_new_mem_buf(pem.at, (int)pem.len);

    must(from != NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(from, NULL, no_passphrase, NULL);
    BIO_free(from);
    ERR_clear_error();
    return key;
}

static const char *add_public(const struct identity_keys *keys, struct json_print *out,
                              const char *name, struct text pem)
{
    char words[JWT_WRONG_SIZE];
    struct jwt_keys read = {0};
    const char *wrong = jwt_pem_read(pem, &read, words) != 0
                            ? complain(name, words)
                            : check_and_add(keys, out, name, read.rows[0].public_key);

    jwt_keys_clear(&read);
    return wrong;
}

static const char *add_previous(const struct identity_keys *keys, struct json_print *out,
                                const char *name)
{
    struct file file = {0};
    const char *wrong = open_file(name, &file);

    if (wrong == NULL) {
        EVP_PKEY *key = private_key(file.text);
        wrong = key != NULL ? check_and_add(keys, out, name, key)
                            : add_public(keys, out, name, file.text);
        EVP_PKEY_free(key);
    }
    close_file(&file);
    return wrong;
}

static const char *make_set(struct identity_keys *keys, const struct identity_settings *settings)
{
    const char *wrong;
    struct digest digest;
    struct json_print out;

    json_print_init(&out, keys->pool);
    json_print_raw(&out, TEXT("{\"keys\":["));
    wrong = check_and_add(keys, &out, settings->key_file, sign_key(keys->sign));
    for (size_t i = 0; i < settings->previous_key_count && wrong == NULL; i++)
        wrong = add_previous(keys, &out, settings->previous_keys[i]);
    json_print_raw(&out, TEXT("]}"));
    keys->set = json_print_text(&out);
    digest_init(&digest);
    digest_add(&digest, keys->set);
    keys->etag = pool_print(keys->pool, "\"%016llx\"", (unsigned long long)digest_now(&digest));
    return wrong;
}

/* Life. */

static void copy_settings(struct identity_keys *keys, const struct identity_settings *settings)
{
    keys->settings = (struct identity_settings){
        .algorithm = settings->algorithm,
        .header = pool_text(keys->pool, settings->header),
        .ttl_s = settings->ttl_s,
        .issuer = pool_text(keys->pool, settings->issuer),
    };
    if (settings->audience.at != NULL)
        keys->settings.audience = pool_text(keys->pool, settings->audience);
}

struct identity_keys *identity_keys_new(const struct identity_settings *settings,
                                        const char **wrong)
{
    struct identity_keys *keys = memory_new(sizeof(*keys));

    keys->pool = pool_new();
    copy_settings(keys, settings);
    *wrong = read_signing(keys, settings->key_file);
    if (*wrong == NULL)
        *wrong = try_signing(keys, settings->key_file);
    if (*wrong == NULL)
        *wrong = make_set(keys, settings);
    if (*wrong == NULL)
        return keys;
    identity_keys_free(keys);
    return NULL;
}

void identity_keys_free(struct identity_keys *keys)
{
    if (keys == NULL)
        return;
    sign_free(keys->sign);
    pool_free(keys->pool);
    memory_free(keys);
}

struct text identity_keys_set(const struct identity_keys *keys) { return keys->set; }

struct text identity_keys_etag(const struct identity_keys *keys) { return keys->etag; }

const struct sign *identity_keys_sign(const struct identity_keys *keys) { return keys->sign; }

const struct identity_settings *identity_keys_settings(const struct identity_keys *keys)
{
    return &keys->settings;
}
