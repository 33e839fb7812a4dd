/* The part of /metrics about the process: clients, log, configuration, memory. */
#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bff/app/admin_metrics.h"
#include "bff/app/generation.h"
#include "bff/app/worker_generation.h"
#include "bff/base/clock.h"

static const struct text no_labels = {0};

/* Clients. */

static void write_connections(struct admin_metrics_page *page)
{
    uint64_t closed = tally_read(TALLY_CONNECTIONS_CLOSED);
    uint64_t accepted = tally_read(TALLY_CONNECTIONS_ACCEPTED);

    exposition_sample(&page->out, no_labels, accepted > closed ? accepted - closed : 0);
}

/* The configuration. */

static const struct generation *generation_of(const struct admin_metrics_page *page)
{
    return worker_generation_of(page->context->request)->generation;
}

static void write_generation(struct admin_metrics_page *page)
{
    exposition_sample(&page->out, no_labels, generation_of(page)->number);
}

static void write_loaded(struct admin_metrics_page *page)
{
    exposition_seconds(&page->out, no_labels,
                       (uint64_t)(generation_of(page)->loaded_ms * CLOCK_MS));
}

static void write_reloads(struct admin_metrics_page *page)
{
    admin_metrics_put(page, "result", "good", tally_read(TALLY_RELOADS));
    admin_metrics_put(page, "result", "bad", tally_read(TALLY_RELOADS_FAILED));
}

static void write_end(struct admin_metrics_page *page, const char *file, int64_t ends_s)
{
    if (file != NULL && ends_s > 0)
        admin_metrics_put(page, "file", file, (uint64_t)ends_s);
}

/* Two rows with the same labels would be a mistake. */
static bool is_written(const struct config *config, size_t index)
{
    const struct tls_certificate *all = config->tls_more.certificates;
    const char *file = all[index].certificate;
    bool is_first = config->certificate == NULL || strcmp(config->certificate, file) != 0;

    for (size_t i = 0; i < index && is_first; i++)
        is_first = strcmp(all[i].certificate, file) != 0;
    return !is_first;
}

static void write_certificates(struct admin_metrics_page *page)
{
    const struct config *config = &generation_of(page)->config;

    if (config->tls == NULL)
        return;
    write_end(page, config->certificate, config->tls_more.ends_s);
    for (size_t i = 0; i < config->tls_more.count; i++) {
        const struct tls_certificate *one = &config->tls_more.certificates[i];
        if (!is_written(config, i))
            write_end(page, one->certificate, one->ends_s);
    }
}

static void write_build(struct admin_metrics_page *page)
{
    struct pool *pool = page->out.pool;
    struct text labels =
        exposition_label(pool, no_labels, "build", page->context->dispatch->pages->server);

    exposition_sample(&page->out, exposition_label(pool, labels, "version", TEXT(BFF_VERSION)), 1);
}

/* The process. The files of /proc are in memory, so reading them does not wait. */

/* Reads the start of ${path}. Returns the number of bytes; a NUL follows them. */
static size_t read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd == -1 ? -1 : read(fd, out, size - 1);

    if (fd != -1)
        close(fd);
    out[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

static void write_cpu(struct admin_metrics_page *page)
{
    struct timespec used;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0)
        exposition_seconds(&page->out, no_labels,
                           (uint64_t)used.tv_sec * CLOCK_S + (uint64_t)used.tv_nsec);
}

/* Writes the number ${place} of /proc/self/statm, which is in memory pages. */
static void write_memory(struct admin_metrics_page *page, unsigned place)
{
    char text[256], *at = text;
    unsigned long pages = 0;

    if (read_file("/proc/self/statm", text, sizeof(text)) == 0)
        return;
    for (unsigned i = 0; i <= place; i++)
        pages = strtoul(at, &at, 10);
    exposition_sample(&page->out, no_labels, pages * (uint64_t)sysconf(_SC_PAGESIZE));
}

static void write_virtual(struct admin_metrics_page *page) { write_memory(page, 0); }
static void write_resident(struct admin_metrics_page *page) { write_memory(page, 1); }

static uint64_t count_files(void)
{
    DIR *directory = opendir("/proc/self/fd");
    uint64_t count = 0;

    if (directory == NULL)
        return 0;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count > 3 ? count - 3 : 0; /* ".", ".." and the directory itself */
}

/* Since Linux 6.2, the size of the directory is the number of descriptors. */
static void write_files(struct admin_metrics_page *page)
{
    struct stat about;
    bool is_known = stat("/proc/self/fd", &about) == 0 && about.st_size > 0;

    exposition_sample(&page->out, no_labels, is_known ? (uint64_t)about.st_size : count_files());
}

static void write_files_most(struct admin_metrics_page *page)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        exposition_sample(&page->out, no_labels, limit.rlim_cur);
}

/* Returns field 22 of /proc/self/stat, in clock ticks since the system has booted; 0: unknown. The
 * second field is a name in parentheses, which may have blanks. */
static unsigned long long start_ticks(void)
{
    char text[1024], *at;

    if (read_file("/proc/self/stat", text, sizeof(text)) == 0 || (at = strrchr(text, ')')) == NULL)
        return 0;
    for (unsigned field = 2; field < 22 && at != NULL; field++)
        at = strchr(at + 1, ' ');
    return at == NULL ? 0 : strtoull(at, NULL, 10);
}

/* Returns when the process was started, by the wall clock; 0: unknown. */
static uint64_t started_ns(const struct admin_metrics_page *page)
{
    struct timespec up;
    uint64_t start_ns = start_ticks() * (uint64_t)(CLOCK_S / sysconf(_SC_CLK_TCK));

    if (start_ns == 0 || clock_gettime(CLOCK_BOOTTIME, &up) != 0)
        return 0;
    uint64_t up_ns = (uint64_t)up.tv_sec * CLOCK_S + (uint64_t)up.tv_nsec;
    return (uint64_t)page->out.wall_ns - (up_ns - start_ns);
}

/* It is computed once: a value that changes means to Prometheus that the process is a new one. */
static void write_start(struct admin_metrics_page *page)
{
    static _Atomic uint64_t known_ns;
    uint64_t start_ns = 0;

    if (atomic_compare_exchange_strong(&known_ns, &start_ns, started_ns(page)))
        start_ns = atomic_load(&known_ns);
    if (start_ns > 0)
        exposition_seconds(&page->out, no_labels, start_ns);
}

const struct admin_metrics_family admin_metrics_process[] = {
    {"bff_client_connections", EXPOSITION_GAUGE, NULL,
     "Connections of clients and operators that are open.", .write = write_connections},
    {"bff_client_connections_accepted", EXPOSITION_COUNTER, NULL,
     "Connections of clients and operators that were accepted.",
     .tally = TALLY_CONNECTIONS_ACCEPTED},
    {"bff_client_connections_refused", EXPOSITION_COUNTER, NULL,
     "Connections that were closed at once because of a limit.",
     .tally = TALLY_CONNECTIONS_REFUSED},
    {"bff_client_tls_failures", EXPOSITION_COUNTER, NULL, "TLS handshakes of clients that failed.",
     .tally = TALLY_TLS_FAILED},
    {"bff_client_slow", EXPOSITION_COUNTER, NULL,
     "Connections that were ended because the client was too slow.", .tally = TALLY_CLIENTS_SLOW},
    {"bff_log_lines_dropped", EXPOSITION_COUNTER, NULL,
     "Lines of the log that were dropped because its reader was too slow.",
     .tally = TALLY_LOG_DROPPED},
    {"bff_spans_exported", EXPOSITION_COUNTER, NULL, "Spans that the collector has taken.",
     .tally = TALLY_SPANS_EXPORTED},
    {"bff_spans_dropped", EXPOSITION_COUNTER, NULL,
     "Spans that were lost: the queue was full, or the collector did not take them.",
     .tally = TALLY_SPANS_DROPPED},
    {"bff_config_generation", EXPOSITION_GAUGE, NULL,
     "The number of the configuration that answers this request.", .write = write_generation},
    {"bff_config_loaded_timestamp_seconds", EXPOSITION_GAUGE, "seconds",
     "When this configuration was loaded, in seconds since 1970.", .write = write_loaded},
    {"bff_config_reloads", EXPOSITION_COUNTER, NULL, "Attempts to load another configuration.",
     .write = write_reloads},
    {"bff_certificate_expiry_timestamp_seconds", EXPOSITION_GAUGE, "seconds",
     "When a certificate of the server ends, in seconds since 1970.", .write = write_certificates},
    {"bff_build_info", EXPOSITION_GAUGE, NULL, "What this program is; the value is always 1.",
     .write = write_build},
    {"process_cpu_seconds", EXPOSITION_COUNTER, "seconds",
     "Processor time that the process has used.", .write = write_cpu},
    {"process_resident_memory_bytes", EXPOSITION_GAUGE, "bytes",
     "Memory of the process that is in the main memory.", .write = write_resident},
    {"process_virtual_memory_bytes", EXPOSITION_GAUGE, "bytes",
     "Size of the address space of the process.", .write = write_virtual},
    {"process_open_fds", EXPOSITION_GAUGE, NULL, "File descriptors that are open.",
     .write = write_files},
    {"process_max_fds", EXPOSITION_GAUGE, NULL, "File descriptors that may be open.",
     .write = write_files_most},
    {"process_start_time_seconds", EXPOSITION_GAUGE, "seconds",
     "When the process was started, in seconds since 1970.", .write = write_start},
    {0},
};
