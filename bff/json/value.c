/*
 * See value.h. Most values are short and live as long as a request. The memory of a short value is
 * not freed but kept in a list of the thread, and the next short value uses it again. This takes a
 * fifth of the time of malloc and free. The thread that drops the last reference keeps the memory,
 * whichever thread has made the value.
 */
#include <pthread.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/base/memory.h"
#include "bff/json/value.h"

/*
 * SHORT_BYTES is the size of a short value. Each thread keeps at most FREE_MAX short values, which
 * is half a megabyte. AddressSanitizer finds more mistakes when every value has its own memory of
 * the exact size, so then no value is kept.
 */
#ifdef __has_feature
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define SHORT_BYTES ((size_t)0)
#else
#define SHORT_BYTES ((size_t)1000)
#endif
#define FREE_MAX 512

static _Thread_local struct value *free_values;
static _Thread_local unsigned free_count;
static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static char *bytes_of(const struct value *value) { return (char *)(uintptr_t)(value + 1); }

/* Short values. */

static void free_all(void *unused)
{
    while (free_values != NULL) {
        struct value *value = free_values;
        free_values = value->next;
        memory_free(value);
    }
}

static void make_key(void) { must(pthread_key_create(&at_thread_end, free_all) == 0); }

static struct value *take_short(void)
{
    struct value *value = free_values;

    if (value == NULL)
        return memory_grow(NULL, sizeof(*value) + SHORT_BYTES);
    free_values = value->next;
    free_count--;
    return value;
}

static void give_back(struct value *value)
{
    if (value->capacity != SHORT_BYTES || free_count == FREE_MAX) {
        memory_free(value);
        return;
    }
    if (free_values == NULL) {
        must(pthread_once(&once, make_key) == 0);
        must(pthread_setspecific(at_thread_end, &free_values) == 0);
    }
    value->next = free_values;
    free_values = value;
    free_count++;
}

/* Making and releasing. */

struct value *value_new(size_t capacity)
{
    struct value *value;

    if (capacity <= SHORT_BYTES) {
        value = take_short();
        capacity = SHORT_BYTES;
    } else {
        value = memory_grow(NULL, sizeof(*value) + capacity); /* this memory need not be cleared */
    }
    *value = (struct value){.text = {bytes_of(value), 0}, .capacity = capacity};
    atomic_init(&value->references, 1);
    return value;
}

struct value *value_hold(struct value *value)
{
    must(atomic_fetch_add_explicit(&value->references, 1, memory_order_relaxed) > 0);
    return value;
}

/* Returns true when it was the last reference. Then all that other threads did with the value has
 * happened before. A single reference is not counted down: nobody else can read the count, and the
 * instruction that writes it takes longer. */
static bool drop(struct value *value)
{
    unsigned references = atomic_load_explicit(&value->references, memory_order_acquire);

    must(references > 0);
    return references == 1 ||
           atomic_fetch_sub_explicit(&value->references, 1, memory_order_acq_rel) == 1;
}

void value_release(struct value *value)
{
    if (value == NULL || !drop(value))
        return;
    memory_free(value->slices.rows);
    give_back(value);
}

size_t value_bytes(const struct value *value) { return sizeof(*value) + value->capacity; }

/* Adding bytes. */

char *value_room(const struct value *value, size_t *len)
{
    *len = value->capacity - value->text.len;
    return bytes_of(value) + value->text.len;
}

/* Moves ${value} to memory for twice its capacity, or for ${need} bytes if that is more. Returns
 * it. */
static struct value *grow(struct value *value, size_t need)
{
    size_t capacity = value->capacity * 2 > need ? value->capacity * 2 : need;

    if (value->capacity == SHORT_BYTES) {
        struct value *grown = value_new(capacity);
        memcpy(bytes_of(grown), bytes_of(value), value->text.len);
        grown->text.len = value->text.len;
        value_release(value);
        return grown;
    }
    value = memory_grow(value, sizeof(*value) + capacity);
    value->capacity = capacity;
    value->text.at = bytes_of(value);
    return value;
}

struct value *value_add(struct value *value, const char *bytes, size_t len)
{
    must(atomic_load_explicit(&value->references, memory_order_relaxed) == 1);
    if (len > value->capacity - value->text.len)
        value = grow(value, value->text.len + len);
    char *room = bytes_of(value) + value->text.len;
    if (bytes != room)
        memcpy(room, bytes, len);
    value->text.len += len;
    return value;
}

void value_take_slices(struct value *value, struct json_scan *scan)
{
    value->slices = scan->slices;
    value->has_slices = scan->keep_slices;
    scan->slices = (struct json_slices){0};
}

struct json value_json(const struct value *value)
{
    struct json json = json_of(value->text);

    if (value->has_slices) {
        json.slices = &value->slices;
        json.base = value->text.at;
    }
    return json;
}
