/* See login_cache.h. */
#include <openssl/evp.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/base/registry.h"

#include "bff/edge/login_cache.h"
#include "bff/edge/login_fingerprint.h"

#define BUCKETS 4096 /* a power of two */

/* An entry is named by its place in the array of entries. Place 0 has no entry: in a bucket it
 * means "no entry", and in the list by age it is both ends of the list. */
struct entry {
    unsigned char digest[LOGIN_CACHE_DIGEST];
    struct login_claims claims;
    char *texts;           /* memory for the texts of the claims */
    uint16_t next;         /* the next entry in the same bucket */
    uint16_t older, newer; /* neighbours in the list by age: the time when a token was last seen */
};

struct login_cache {
    unsigned char fingerprint[LOGIN_FINGERPRINT_BYTES];
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    uint16_t count;
    uint16_t buckets[BUCKETS];
    struct entry *entries; /* LOGIN_CACHE_TOKENS + 1 */
};

/* The entries are in a separate block of memory. The kernel gives memory to it only when entries
 * are used. */
static void init(void *object, struct text name)
{
    struct login_cache *cache = object;

    cache->entries = memory_new((LOGIN_CACHE_TOKENS + 1) * sizeof(*cache->entries));
    cache->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    cache->context = EVP_MD_CTX_new();
    must(cache->sha256 != NULL && cache->context != NULL);
}

static void dispose(void *object)
{
    struct login_cache *cache = object;

    for (size_t i = 1; i <= cache->count; i++)
        memory_free(cache->entries[i].texts);
    memory_free(cache->entries);
    EVP_MD_CTX_free(cache->context);
    EVP_MD_free(cache->sha256);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct login_cache), .init = init, .dispose = dispose};

struct login_cache *login_cache_hold_named(struct text name, const unsigned char *fingerprint)
{
    struct login_cache *cache = registry_hold(registry_of_process(), &kind, name);

    memcpy(cache->fingerprint, fingerprint, LOGIN_FINGERPRINT_BYTES);
    return cache;
}

void login_cache_release(struct login_cache *cache) { registry_release(cache); }

const unsigned char *login_cache_of(const struct login_cache *cache) { return cache->fingerprint; }

void login_cache_digest(struct login_cache *cache, struct text token,
                        unsigned char digest[LOGIN_CACHE_DIGEST])
{
    must(EVP_DigestInit_ex2(cache->context, cache->sha256, NULL) == 1 &&
         EVP_DigestUpdate(cache->context, token.at, token.len) == 1 &&
         EVP_DigestFinal_ex(cache->context, digest, NULL) == 1);
}

/* The first bytes of the hash choose the bucket. A client cannot fill one bucket on purpose,
 * because only good tokens are added. */
static uint16_t *bucket_of(struct login_cache *cache, const unsigned char *digest)
{
    return &cache->buckets[(digest[0] | (unsigned)digest[1] << 8) & (BUCKETS - 1)];
}

/* The list by age is a ring through place 0. The older neighbour of place 0 is the newest entry,
 * and its newer neighbour is the oldest entry. */
static void age_unlink(struct login_cache *cache, uint16_t place)
{
    struct entry *entry = &cache->entries[place];

    cache->entries[entry->older].newer = entry->newer;
    cache->entries[entry->newer].older = entry->older;
}

static void age_link_newest(struct login_cache *cache, uint16_t place)
{
    struct entry *entry = &cache->entries[place], *ends = &cache->entries[0];

    entry->newer = 0;
    entry->older = ends->older;
    cache->entries[ends->older].newer = place;
    ends->older = place;
}

static uint16_t place_of(struct login_cache *cache, const unsigned char *digest)
{
    uint16_t place = *bucket_of(cache, digest);

    while (place != 0 && memcmp(cache->entries[place].digest, digest, LOGIN_CACHE_DIGEST) != 0)
        place = cache->entries[place].next;
    return place;
}

const struct login_claims *login_cache_find(struct login_cache *cache,
                                            const unsigned char digest[LOGIN_CACHE_DIGEST])
{
    uint16_t place = place_of(cache, digest);

    if (place == 0)
        return NULL;
    age_unlink(cache, place);
    age_link_newest(cache, place);
    return &cache->entries[place].claims;
}

/* Removes the oldest entry from the lists. Returns its place. */
static uint16_t evict(struct login_cache *cache)
{
    uint16_t place = cache->entries[0].newer;
    struct entry *entry = &cache->entries[place];
    uint16_t *link = bucket_of(cache, entry->digest);

    while (*link != place)
        link = &cache->entries[*link].next;
    *link = entry->next;
    age_unlink(cache, place);
    memory_free(entry->texts);
    return place;
}

/* Writes ${text} to ${*at}, which moves behind it. Returns the copy. */
static struct text copy(char **at, struct text text)
{
    struct text made = {*at, text.len};

    memcpy(*at, text.at, text.len);
    *at += text.len;
    return made;
}

static void copy_user(struct entry *entry, const struct login_user *user)
{
    char *at = entry->texts = memory_new(user->id.len + user->roles.len + user->scopes.len + 1);

    entry->claims.user.id = copy(&at, user->id);
    entry->claims.user.roles = copy(&at, user->roles);
    entry->claims.user.scopes = copy(&at, user->scopes);
}

static void add(struct login_cache *cache, const unsigned char digest[LOGIN_CACHE_DIGEST],
                const struct login_claims *claims)
{
    uint16_t *bucket = bucket_of(cache, digest);
    uint16_t place = cache->count < LOGIN_CACHE_TOKENS ? ++cache->count : evict(cache);
    struct entry *entry = &cache->entries[place];

    *entry = (struct entry){.claims = *claims, .next = *bucket};
    memcpy(entry->digest, digest, LOGIN_CACHE_DIGEST);
    copy_user(entry, &claims->user);
    *bucket = place;
    age_link_newest(cache, place);
}

void login_cache_put(struct login_cache *cache, const unsigned char digest[LOGIN_CACHE_DIGEST],
                     const struct login_claims *claims)
{
    struct entry *known = &cache->entries[place_of(cache, digest)];

    if (known == &cache->entries[0]) {
        add(cache, digest, claims);
        return;
    }
    memory_free(known->texts);
    known->claims = *claims;
    copy_user(known, &claims->user);
}
