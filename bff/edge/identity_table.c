/* See identity_table.h. */
#include "bff/base/memory.h"
#include "bff/base/secret_hash.h"

#include "bff/edge/identity_table.h"

#define WAYS 4 /* places of a group */
#define GROUPS (IDENTITY_TABLE_TOKENS / WAYS)

struct place {
    uint64_t hash;
    char *bytes; /* the key, and then the token; NULL: the place is empty */
    uint32_t key_len, token_len;
    int64_t from_s, until_s;
};

struct identity_table {
    struct secret_hash secret;
    struct place places[GROUPS][WAYS];
};

struct identity_table *identity_table_new(void)
{
    struct identity_table *table = memory_new(sizeof(*table));

    secret_hash_seed(&table->secret);
    return table;
}

void identity_table_free(struct identity_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < IDENTITY_TABLE_TOKENS; i++)
        memory_free(table->places[i / WAYS][i % WAYS].bytes);
    memory_free(table);
}

static bool has_key(const struct place *place, uint64_t hash, struct text key)
{
    return place->bytes != NULL && place->hash == hash &&
           text_equal((struct text){place->bytes, place->key_len}, key);
}

static struct text token_of(const struct place *place)
{
    return (struct text){place->bytes + place->key_len, place->token_len};
}

/* The system clock can jump. A token that begins later than now is not used. */
struct text identity_table_find(const struct identity_table *table, struct text key, int64_t now_s)
{
    uint64_t hash = secret_hash_text(&table->secret, key);
    const struct place *group = table->places[hash % GROUPS];

    for (size_t i = 0; i < WAYS; i++)
        if (has_key(&group[i], hash, key))
            return now_s >= group[i].from_s && now_s < group[i].until_s ? token_of(&group[i])
                                                                        : (struct text){0};
    return (struct text){0};
}

/* The place of this key, or an empty one, or the one whose token ends first. */
static struct place *place_for(struct place *group, uint64_t hash, struct text key)
{
    struct place *best = &group[0];

    for (size_t i = 0; i < WAYS; i++)
        if (has_key(&group[i], hash, key))
            return &group[i];
    for (size_t i = 1; i < WAYS && best->bytes != NULL; i++)
        if (group[i].bytes == NULL || group[i].until_s < best->until_s)
            best = &group[i];
    return best;
}

struct text identity_table_put(struct identity_table *table, struct text key, struct text token,
                               int64_t from_s, int64_t until_s)
{
    uint64_t hash = secret_hash_text(&table->secret, key);
    struct place *place = place_for(table->places[hash % GROUPS], hash, key);

    memory_free(place->bytes);
    *place = (struct place){
        .hash = hash,
        .bytes = memory_new(key.len + token.len),
        .key_len = (uint32_t)key.len,
        .token_len = (uint32_t)token.len,
        .from_s = from_s,
        .until_s = until_s,
    };
    memcpy(place->bytes, key.at, key.len);
    memcpy(place->bytes + key.len, token.at, token.len);
    return token_of(place);
}
