/*
 * Measures the cache of the process: the time of a hit and of a store, in one thread and in several
 * threads at once, and the memory of the process when the limit was filled many times over. This is
 * a benchmark and not a test: build it with -O2 and run it alone.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bff/base/random.h"

#include "tests/unit/cache_stage.h"

#define LIMIT (64 * MIB)
#define HITS 2000000
#define THREADS_MAX 4
#define KEYS 1000
#define KIB ((size_t)1024)

struct thread {
    pthread_t id;
    unsigned first, keys; /* the keys that it asks for */
    int64_t ns;
};

/* Returns the time that this thread has worked. So other processes do not disturb. */
static int64_t worked_ns(void)
{
    struct timespec time;

    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (int64_t)time.tv_sec * 1000 * CLOCK_MS + time.tv_nsec;
}

static struct text key_of(char buffer[160], unsigned key)
{
    return (struct text){buffer,
                         (size_t)snprintf(buffer, 160,
                                          "products GET /products?category=shoes&page=%u "
                                          "accept-language: en-GB,en;q=0.9 user: 4711 admin",
                                          key)};
}

static void fill_key(struct cache_reader *reader, unsigned key, size_t bytes)
{
    char buffer[160];
    struct cache_slot *slot = cache_find(reader, key_of(buffer, key));
    struct cache_entry *entry = make_entry("/products", 'x', bytes);

    must(cache_slot_lead(slot));
    cache_slot_end(slot, entry);
    cache_entry_release(entry);
    cache_slot_release(slot);
}

static void *hit(void *cookie)
{
    struct thread *thread = cookie;
    struct worker worker;
    char buffers[KEYS][160];
    struct text keys[KEYS];

    begin_worker(&worker);
    for (unsigned i = 0; i < thread->keys; i++)
        keys[i] = key_of(buffers[i], thread->first + i);
    int64_t began_ns = worked_ns();
    for (unsigned i = 0, key = 0; i < HITS; i++, key = key + 1 == thread->keys ? 0 : key + 1) {
        struct cache_slot *slot = cache_find(worker.reader, keys[key]);
        struct cache_entry *entry = cache_slot_entry(slot);
        must(entry != NULL);
        cache_entry_release(entry);
        cache_slot_release(slot);
    }
    thread->ns = worked_ns() - began_ns;
    end_worker(&worker);
    return NULL;
}

/* ${is_shared}: all threads ask for the same key. */
static void measure_hits(unsigned count, unsigned keys, bool is_shared)
{
    struct thread threads[THREADS_MAX];
    int64_t ns = 0;

    for (unsigned i = 0; i < count; i++) {
        threads[i] = (struct thread){.first = is_shared ? 0 : i * keys, .keys = keys};
        must(pthread_create(&threads[i].id, NULL, hit, &threads[i]) == 0);
    }
    for (unsigned i = 0; i < count; i++) {
        must(pthread_join(threads[i].id, NULL) == 0);
        ns += threads[i].ns;
    }
    printf("hit: %u thread(s), %4u key(s) %s: %6.1f ns\n", count, keys,
           is_shared ? "shared  " : "separate", (double)ns / count / HITS);
}

static size_t resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long all, resident;

    must(file != NULL && fscanf(file, "%lu %lu", &all, &resident) == 2);
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / KIB;
}

static void measure_stores(size_t bytes, unsigned count)
{
    size_t before = resident_kib();
    int64_t began_ns = worked_ns();

    for (unsigned i = 0; i < count; i++)
        fill_key(stage.workers[i % WORKERS].reader, i, bytes);
    int64_t ns = worked_ns() - began_ns;
    struct cache_report report = cache_read(stage.cache);
    printf("store: %u entries of %zu KiB: %.0f ns each; now %zu entries, %.1f "
           "MiB counted, process %.1f MiB (%.1f MiB before)\n",
           count, bytes / KIB, (double)ns / count, report.entries,
           (double)report.bytes / (double)MIB, (double)resident_kib() / 1024,
           (double)before / 1024);
}

int main(void)
{
    begin_stage(NULL);
    cache_set_limit(stage.cache, LIMIT);
    for (unsigned key = 0; key < THREADS_MAX * KEYS; key++)
        fill_key(stage.workers[0].reader, key, 4 * KIB);
    measure_hits(1, 1, false);
    measure_hits(1, KEYS, false);
    measure_hits(2, KEYS, false);
    measure_hits(2, 1, true);
    measure_hits(THREADS_MAX, KEYS, false);
    measure_hits(THREADS_MAX, 1, true);
    cache_invalidate_all(stage.cache);
    measure_stores(KIB, 2000000);
    measure_stores(100 * KIB, 20000);
    measure_stores(KIB, 2000000);
    end_stage(NULL);
    malloc_trim(0);
    printf("at the end: process %.1f MiB\n", (double)resident_kib() / 1024);
    return 0;
}
