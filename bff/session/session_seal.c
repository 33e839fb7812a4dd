/* See session_seal.h. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/text_builder.h"
#include "bff/session/session_seal.h"
#include "bff/token/jwt_base64.h"

#define VERSION 1
#define KEY_BYTES 32
#define ID_BYTES 4
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define HEAD_BYTES (1 + ID_BYTES + NONCE_BYTES)
#define SALT TEXT("bff-web") /* the same in all releases */

/* HKDF gives the key and the four bytes that name it in sealed texts. */
struct seal_key {
    unsigned char key[KEY_BYTES];
    unsigned char id[ID_BYTES];
};

struct session_seal {
    const char *purpose;
    EVP_CIPHER *cipher;
    size_t count;
    struct seal_key keys[SESSION_SEAL_KEYS_MAX];
};

/* Making the keys. */

static void derive(struct text secret, struct text info, unsigned char *out, size_t bytes)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    struct text salt = SALT;
    size_t len = bytes;

    must(context != NULL && EVP_PKEY_derive_init(context) == 1 &&
         EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set1_hkdf_salt(context, (const unsigned char *)salt.at, (int)salt.len) == 1 &&
         EVP_PKEY_CTX_set1_hkdf_key(context, (const unsigned char *)secret.at, (int)secret.len) ==
             1 &&
         EVP_PKEY_CTX_add1_hkdf_info(context, (const unsigned char *)info.at, (int)info.len) == 1 &&
         EVP_PKEY_derive(context, out, &len) == 1 && len == bytes);
    EVP_PKEY_CTX_free(context);
}

static void make_key(struct seal_key *key, struct text secret, const char *purpose)
{
    unsigned char bytes[KEY_BYTES + ID_BYTES];

    derive(secret, text_of(purpose), bytes, sizeof(bytes));
    memcpy(key->key, bytes, KEY_BYTES);
    memcpy(key->id, bytes + KEY_BYTES, ID_BYTES);
    OPENSSL_cleanse(bytes, sizeof(bytes));
}

struct session_seal *session_seal_new(const struct text *secrets, size_t count, const char *purpose)
{
    struct session_seal *seal = memory_new(sizeof(*seal));

    must(count >= 1 && count <= SESSION_SEAL_KEYS_MAX);
    seal->purpose = purpose;
    seal->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    must(seal->cipher != NULL);
    seal->count = count;
    for (size_t i = 0; i < count; i++)
        make_key(&seal->keys[i], secrets[i], purpose);
    return seal;
}

void session_seal_free(struct session_seal *seal)
{
    if (seal == NULL)
        return;
    EVP_CIPHER_free(seal->cipher);
    OPENSSL_cleanse(seal, sizeof(*seal));
    memory_free(seal);
}

/* AES-256-GCM. */

/* One operation. ${feed} is EVP_EncryptUpdate or EVP_DecryptUpdate. */
struct operation {
    EVP_CIPHER_CTX *context;
    int (*feed)(EVP_CIPHER_CTX *context, unsigned char *out, int *len, const unsigned char *in,
                int in_len);
};

static bool feed(const struct operation *on, unsigned char *out, const char *in, size_t bytes)
{
    int len = 0;

    return bytes == 0 ||
           (on->feed(on->context, out, &len, (const unsigned char *)in, (int)bytes) == 1 &&
            len == (int)bytes);
}

/* Authenticates the version, the id of the key, the purpose and the name. No two of them give the
 * same bytes: the head has a fixed length, and a purpose has no NUL. */
static bool feed_aad(const struct operation *on, const struct session_seal *seal, struct text name,
                     const char *head)
{
    struct text purpose = text_of(seal->purpose);

    return feed(on, NULL, head, 1 + ID_BYTES) && feed(on, NULL, purpose.at, purpose.len + 1) &&
           feed(on, NULL, name.at, name.len);
}

size_t session_seal_length(size_t bytes) { return ((HEAD_BYTES + bytes + TAG_BYTES) * 4 + 2) / 3; }

/* Writes the encrypted content and the tag after the head, which is in ${bytes}. */
static void encrypt(const struct session_seal *seal, struct text name, struct text content,
                    char *bytes)
{
    struct operation on = {EVP_CIPHER_CTX_new(), EVP_EncryptUpdate};
    unsigned char *out = (unsigned char *)bytes + HEAD_BYTES, *tag = out + content.len;
    int none = 0;

    must(on.context != NULL &&
         EVP_EncryptInit_ex(on.context, seal->cipher, NULL, seal->keys[0].key,
                            (const unsigned char *)bytes + 1 + ID_BYTES) == 1 &&
         feed_aad(&on, seal, name, bytes) && feed(&on, out, content.at, content.len) &&
         EVP_EncryptFinal_ex(on.context, tag, &none) == 1 &&
         EVP_CIPHER_CTX_ctrl(on.context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1);
    EVP_CIPHER_CTX_free(on.context);
}

struct text session_seal_close(const struct session_seal *seal, struct text name,
                               struct text content, struct pool *pool)
{
    size_t len = HEAD_BYTES + content.len + TAG_BYTES;
    char *bytes;

    must(content.len <= SESSION_SEAL_BYTES_MAX);
    bytes = pool_take(pool, len);
    bytes[0] = VERSION;
    memcpy(bytes + 1, seal->keys[0].id, ID_BYTES);
    must(RAND_bytes((unsigned char *)bytes + 1 + ID_BYTES, NONCE_BYTES) == 1);
    encrypt(seal, name, content, bytes);
    return jwt_base64_encode(pool, (struct text){bytes, len});
}

static const struct seal_key *find_key(const struct session_seal *seal, const char *id)
{
    for (size_t i = 0; i < seal->count; i++)
        if (memcmp(seal->keys[i].id, id, ID_BYTES) == 0)
            return &seal->keys[i];
    return NULL;
}

/* Decrypts ${bytes}, which are whole, to ${out}. */
static bool decrypt(const struct session_seal *seal, const struct seal_key *key, struct text name,
                    struct text bytes, unsigned char *out)
{
    struct operation on = {EVP_CIPHER_CTX_new(), EVP_DecryptUpdate};
    size_t len = bytes.len - HEAD_BYTES - TAG_BYTES;
    const char *content = bytes.at + HEAD_BYTES;
    unsigned char tag[TAG_BYTES];
    int none = 0;

    must(on.context != NULL);
    memcpy(tag, content + len, TAG_BYTES);
    bool is_good = EVP_DecryptInit_ex(on.context, seal->cipher, NULL, key->key,
                                      (const unsigned char *)bytes.at + 1 + ID_BYTES) == 1 &&
                   feed_aad(&on, seal, name, bytes.at) && feed(&on, out, content, len) &&
                   EVP_CIPHER_CTX_ctrl(on.context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
                   EVP_DecryptFinal_ex(on.context, out + len, &none) == 1;
    EVP_CIPHER_CTX_free(on.context);
    return is_good;
}

int session_seal_open(const struct session_seal *seal, struct text name, struct text sealed,
                      struct pool *pool, struct text *content)
{
    const struct seal_key *key;
    struct text bytes;

    if (sealed.len > session_seal_length(SESSION_SEAL_BYTES_MAX) ||
        jwt_base64_decode(pool, sealed, &bytes) != 0 || bytes.len < HEAD_BYTES + TAG_BYTES ||
        bytes.at[0] != VERSION || (key = find_key(seal, bytes.at + 1)) == NULL)
        return -1;
    size_t len = bytes.len - HEAD_BYTES - TAG_BYTES;
    unsigned char *out = pool_take(pool, len + 1);
    if (!decrypt(seal, key, name, bytes, out))
        return -1;
    *content = (struct text){(const char *)out, len};
    return 0;
}
