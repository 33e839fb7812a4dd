/* See revocation.h. */
#include <pthread.h>
#include <stdatomic.h>

#include "bff/base/check.h"
#include "bff/base/log.h"
#include "bff/base/memory.h"
#include "bff/base/published.h"
#include "bff/base/secret_hash.h"
#include "bff/base/tally.h"
#include "bff/base/text_builder.h"
#include "bff/edge/revocation_table.h"

#include "bff/edge/revocation.h"

struct revocation {
    struct published tables; /* of struct revocation_table */
    atomic_size_t count;     /* of the rows of the table */
    atomic_int state;
    pthread_mutex_t writing;        /* locked by who adds */
    struct revocation_table *table; /* the published one */
};

struct revocation_view {
    struct revocation *revocation; /* held */
    struct published_view seen;
};

/* The set. */

static void publish(struct revocation *revocation, struct revocation_table *table)
{
    revocation->table = table;
    published_set(&revocation->tables, &table->object);
}

static void init(void *object, struct text name)
{
    struct revocation *revocation = object;

    published_init(&revocation->tables);
    atomic_init(&revocation->count, 0);
    atomic_init(&revocation->state, REVOCATION_CURRENT);
    must(pthread_mutex_init(&revocation->writing, NULL) == 0);
    publish(revocation, revocation_table_new(0));
}

static void dispose(void *object)
{
    struct revocation *revocation = object;

    published_dispose(&revocation->tables);
    must(pthread_mutex_destroy(&revocation->writing) == 0);
}

static const struct registry_kind kind = {
    .bytes = sizeof(struct revocation), .init = init, .dispose = dispose};

struct revocation *revocation_hold(struct registry *registry)
{
    return registry_hold(registry, &kind, TEXT("revocation"));
}

void revocation_release(struct revocation *revocation) { registry_release(revocation); }

struct revocation_view *revocation_view_new(struct revocation *revocation)
{
    struct revocation_view *view = memory_new(sizeof(*view));

    view->revocation = registry_hold_again(revocation);
    return view;
}

void revocation_view_free(struct revocation_view *view)
{
    if (view == NULL)
        return;
    published_unsee(&view->seen);
    revocation_release(view->revocation);
    memory_free(view);
}

struct revocation *revocation_of_view(const struct revocation_view *view)
{
    return view->revocation;
}

/* Keys. Each kind has a secret of its own, so equal texts of two kinds have different keys. */

static struct secret_hash secrets[REVOCATION_KINDS];

static void make_secrets(void)
{
    for (size_t i = 0; i < REVOCATION_KINDS; i++)
        secret_hash_seed(&secrets[i]);
}

uint64_t revocation_key(enum revocation_kind of, struct text text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (text.len == 0)
        return 0;
    pthread_once(&once, make_secrets);
    uint64_t key = secret_hash_text(&secrets[of], text);
    return key == 0 ? 1 : key;
}

/* The length of the provider's name stands first, so that no other pair has the same text. */
struct text revocation_of_provider(struct pool *pool, struct text provider, struct text id)
{
    struct text_builder text;

    if (id.len == 0)
        return (struct text){0};
    text_builder_init(&text, pool, provider.len + id.len + 24);
    text_builder_counted(&text, provider);
    text_builder_add(&text, id);
    return text_builder_text(&text);
}

bool revocation_has_before(enum revocation_kind of)
{
    return of == REVOCATION_SUB || of == REVOCATION_PROVIDER_SUB;
}

/* Reading. */

bool revocation_is_empty(const struct revocation_view *view)
{
    return view == NULL || atomic_load(&view->revocation->count) == 0;
}

static bool is_in(struct revocation_table *table, uint64_t key, int64_t issued_s, int64_t now_s)
{
    struct revocation_row *row = key == 0 ? NULL : revocation_table_find(table, key);

    return row != NULL && now_s < atomic_load(&row->until_s) &&
           issued_s < atomic_load(&row->before_s);
}

bool revocation_has(struct revocation_view *view, const struct revocation_asked *asked,
                    int64_t now_s)
{
    if (revocation_is_empty(view))
        return false;
    struct revocation_table *table =
        revocation_table_of(published_look(&view->revocation->tables, &view->seen));
    int64_t issued_s = asked->issued_s == 0 ? INT64_MIN : asked->issued_s;
    return is_in(table, asked->jti, INT64_MIN, now_s) ||
           is_in(table, asked->sid, INT64_MIN, now_s) ||
           is_in(table, asked->provider_sid, INT64_MIN, now_s) ||
           is_in(table, asked->provider_sub, issued_s, now_s) ||
           is_in(table, asked->sub, issued_s, now_s);
}

/* Adding. */

/* Only called while ${writing} is locked, so nobody else changes the row. */
static void raise_to(_Atomic int64_t *time, int64_t to)
{
    if (atomic_load(time) < to)
        atomic_store(time, to);
}

/* Makes room in the table. Returns the number of entries that were dropped. */
static size_t make_room(struct revocation *revocation, int64_t now_s)
{
    struct revocation_table *table = revocation->table;
    size_t dropped = 0;

    if (revocation_table_is_full(table) || table->used >= REVOCATION_MOST)
        publish(revocation, revocation_table_again(table, now_s, REVOCATION_MOST, &dropped));
    return dropped;
}

static size_t add(struct revocation *revocation, const struct revocation_entry *entry,
                  int64_t now_s)
{
    int64_t before_s = revocation_has_before(entry->kind) ? entry->before_s : INT64_MAX;
    struct revocation_row *row = revocation_table_find(revocation->table, entry->key);
    size_t dropped = 0;

    if (row == NULL) {
        dropped = make_room(revocation, now_s);
        revocation_table_add(revocation->table, entry->key, before_s, entry->until_s);
    } else {
        raise_to(&row->until_s, entry->until_s);
        raise_to(&row->before_s, before_s);
    }
    atomic_store(&revocation->count, revocation->table->used);
    return dropped;
}

void revocation_add(struct revocation *revocation, const struct revocation_entry *entry,
                    int64_t now_s)
{
    if (entry->key == 0 || entry->until_s <= now_s)
        return;
    must(pthread_mutex_lock(&revocation->writing) == 0);
    size_t dropped = add(revocation, entry, now_s);
    tally_add(TALLY_REVOCATIONS);
    must(pthread_mutex_unlock(&revocation->writing) == 0);
    if (dropped > 0)
        log_event("revocation_dropped", (struct log_field[]){
                                            {"entries", .number = (int64_t)dropped},
                                            {0},
                                        });
}

enum revocation_state revocation_state(const struct revocation_view *view)
{
    return view == NULL ? REVOCATION_CURRENT
                        : (enum revocation_state)atomic_load(&view->revocation->state);
}

void revocation_set_state(struct revocation *revocation, enum revocation_state state)
{
    int before = atomic_exchange(&revocation->state, (int)state);

    if (before == (int)state)
        return;
    if (state == REVOCATION_STALE)
        log_event("revocation_stale", NULL);
    else
        log_event("revocation_current", NULL);
}

size_t revocation_count(const struct revocation *revocation)
{
    return atomic_load(&revocation->count);
}
