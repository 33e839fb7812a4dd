/*
 * See cache_stamps.h.
 *
 * Why no invalidation is missed: it writes its stamp first, and then counts itself in ${changes}.
 * A check reads ${changes} first, and then the stamps. When the check has missed a stamp, the
 * number that it remembers in entry->checked is out of date, so the next check reads the stamps
 * again.
 */
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/cache/cache_stamps.h"

#define STAMPS ((size_t)1 << 16) /* of each table; memory is used only for those that were set */

/* A prefix is known by its length and its hash. */
struct prefix {
    atomic_bool is_busy; /* a thread writes the row */
    _Atomic uint64_t hash;
    atomic_size_t len;
    _Atomic int64_t at_ns; /* 0: the row is free */
};

struct cache_stamps {
    struct secret_hash secret;
    _Atomic uint64_t changes; /* from 1 on, so that an entry with 0 has not been checked */
    _Atomic int64_t all_ns;
    struct prefix prefixes[CACHE_STAMPS_PREFIXES];
    _Atomic int64_t *paths, *tags;
};

struct cache_stamps *cache_stamps_new(void)
{
    struct cache_stamps *stamps = memory_new(sizeof(*stamps));

    secret_hash_seed(&stamps->secret);
    atomic_init(&stamps->changes, 1);
    stamps->paths = memory_new(STAMPS * sizeof(*stamps->paths));
    stamps->tags = memory_new(STAMPS * sizeof(*stamps->tags));
    return stamps;
}

void cache_stamps_free(struct cache_stamps *stamps)
{
    if (stamps == NULL)
        return;
    memory_free((void *)stamps->paths);
    memory_free((void *)stamps->tags);
    memory_free(stamps);
}

/* Invalidation. */

static void raise_to(_Atomic int64_t *stamp, int64_t now_ns)
{
    int64_t seen = atomic_load(stamp);

    while (seen < now_ns && !atomic_compare_exchange_weak(stamp, &seen, now_ns))
        ;
}

static _Atomic int64_t *stamp_of(const struct cache_stamps *stamps, _Atomic int64_t *table,
                                 struct text text)
{
    return &table[secret_hash_text(&stamps->secret, text) % STAMPS];
}

static void count(struct cache_stamps *stamps) { atomic_fetch_add(&stamps->changes, 1); }

void cache_stamps_path(struct cache_stamps *stamps, struct text path, int64_t now_ns)
{
    raise_to(stamp_of(stamps, stamps->paths, path), now_ns);
    count(stamps);
}

void cache_stamps_tag(struct cache_stamps *stamps, struct text tag, int64_t now_ns)
{
    raise_to(stamp_of(stamps, stamps->tags, tag), now_ns);
    count(stamps);
}

void cache_stamps_all(struct cache_stamps *stamps, int64_t now_ns)
{
    raise_to(&stamps->all_ns, now_ns);
    count(stamps);
}

/* Prefixes. */

static bool is_row_of(struct prefix *row, size_t len, uint64_t hash)
{
    return atomic_load(&row->len) == len && atomic_load(&row->hash) == hash &&
           atomic_load(&row->at_ns) != 0;
}

/* Raises the time of the prefix's row. Returns false when it has none. The row is compared again
 * afterwards: if another thread is replacing it, that thread may have read the old time. */
static bool raise_row(struct cache_stamps *stamps, size_t len, uint64_t hash, int64_t now_ns)
{
    for (size_t i = 0; i < CACHE_STAMPS_PREFIXES; i++) {
        struct prefix *row = &stamps->prefixes[i];
        if (!is_row_of(row, len, hash))
            continue;
        raise_to(&row->at_ns, now_ns);
        if (is_row_of(row, len, hash))
            return true;
    }
    return false;
}

/* Returns the row with the oldest time that no other thread is writing; NULL: there is none. */
static struct prefix *find_oldest(struct cache_stamps *stamps)
{
    struct prefix *oldest = NULL;

    for (size_t i = 0; i < CACHE_STAMPS_PREFIXES; i++) {
        struct prefix *row = &stamps->prefixes[i];
        if (atomic_load(&row->is_busy))
            continue;
        if (oldest == NULL || atomic_load(&row->at_ns) < atomic_load(&oldest->at_ns))
            oldest = row;
    }
    return oldest;
}

/*
 * The old prefix of the row must stay invalidated at every moment. A check reads ${all_ns} last. So
 * ${all_ns} is raised before the hash changes. It is raised once more afterwards, because another
 * thread may have raised the row's time in between. A thread that comes later sees the new hash.
 */
static void write_row(struct cache_stamps *stamps, struct prefix *row, size_t len, uint64_t hash,
                      int64_t now_ns)
{
    raise_to(&stamps->all_ns, atomic_load(&row->at_ns));
    atomic_store(&row->hash, ~atomic_load(&row->hash));
    raise_to(&stamps->all_ns, atomic_load(&row->at_ns));
    atomic_store(&row->len, len);
    atomic_store(&row->at_ns, now_ns);
    atomic_store(&row->hash, hash);
    atomic_store(&row->is_busy, false);
}

/* When other threads are writing all rows, this one invalidates everything instead of waiting. */
void cache_stamps_prefix(struct cache_stamps *stamps, struct text prefix, int64_t now_ns)
{
    uint64_t hash = secret_hash_text(&stamps->secret, prefix);
    struct prefix *row = NULL;

    if (!raise_row(stamps, prefix.len, hash, now_ns)) {
        do
            row = find_oldest(stamps);
        while (row != NULL && atomic_exchange(&row->is_busy, true));
        if (row == NULL)
            raise_to(&stamps->all_ns, now_ns);
        else
            write_row(stamps, row, prefix.len, hash, now_ns);
    }
    count(stamps);
}

/* The check. */

static bool is_after(_Atomic int64_t *stamp, const struct cache_entry *entry)
{
    int64_t at_ns = atomic_load(stamp);

    return at_ns != 0 && at_ns >= entry->asked_ns;
}

static bool prefix_covers(struct cache_stamps *stamps, const struct cache_entry *entry)
{
    for (size_t i = 0; i < CACHE_STAMPS_PREFIXES; i++) {
        struct prefix *row = &stamps->prefixes[i];
        size_t len = atomic_load(&row->len);
        if (!is_after(&row->at_ns, entry) || len > entry->path.len)
            continue;
        struct text start = {entry->path.at, len};
        if (secret_hash_text(&stamps->secret, start) == atomic_load(&row->hash))
            return true;
    }
    return false;
}

static bool tag_covers(struct cache_stamps *stamps, const struct cache_entry *entry)
{
    struct text rest = entry->tags;

    while (rest.at != NULL) {
        struct text tag = text_cut(&rest, ' ');
        if (tag.len > 0 && is_after(stamp_of(stamps, stamps->tags, tag), entry))
            return true;
    }
    return false;
}

/* ${all_ns} is read last, see write_row. */
static bool any_covers(struct cache_stamps *stamps, const struct cache_entry *entry)
{
    return is_after(stamp_of(stamps, stamps->paths, entry->path), entry) ||
           prefix_covers(stamps, entry) || tag_covers(stamps, entry) ||
           is_after(&stamps->all_ns, entry);
}

bool cache_stamps_cover(struct cache_stamps *stamps, struct cache_entry *entry)
{
    uint64_t changes = atomic_load(&stamps->changes);

    if (atomic_load(&entry->checked) == changes)
        return false;
    if (any_covers(stamps, entry))
        return true;
    atomic_store(&entry->checked, changes);
    return false;
}
