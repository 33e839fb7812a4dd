/* See key_set.h. */
#include <stdatomic.h>

#include <openssl/err.h>

#include "bff/base/memory.h"
#include "bff/token/jwks.h"

#include "bff/token/key_set.h"

static _Atomic uint64_t last_id;

static void dispose(struct published_object *object)
{
    struct key_set *set = (struct key_set *)object; /* its first member */

    jwt_keys_clear(&set->keys);
    memory_free(set);
}

struct key_set *key_set_read(struct text json, unsigned allowed,
                             const struct jwt_listener *listener, char wrong[JWT_WRONG_SIZE])
{
    struct key_set *set = memory_new(sizeof(*set));

    published_object_init(&set->object, dispose);
    set->id = atomic_fetch_add(&last_id, 1) + 1;
    if (jwks_read_first(json, allowed, &set->keys, listener, wrong) == 0)
        return set;
    key_set_release(set);
    return NULL;
}

static bool is_same_key(const struct jwt_key *a, const struct jwt_key *b)
{
    bool is_same_name =
        (a->kid == NULL) == (b->kid == NULL) &&
        text_equal((struct text){a->kid, a->kid_len}, (struct text){b->kid, b->kid_len});
    bool is_same = is_same_name && a->algorithms == b->algorithms &&
                   EVP_PKEY_eq(a->public_key, b->public_key) == 1;

    ERR_clear_error();
    return is_same;
}

bool key_set_equal(const struct key_set *a, const struct key_set *b)
{
    if (a->keys.count != b->keys.count)
        return false;
    for (size_t i = 0; i < a->keys.count; i++)
        if (!is_same_key(&a->keys.rows[i], &b->keys.rows[i]))
            return false;
    return true;
}

void key_set_release(struct key_set *set)
{
    if (set != NULL)
        published_object_release(&set->object);
}
