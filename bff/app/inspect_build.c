/* See inspect_build.h. */
#include <stdlib.h>

#include "bff/app/inspect_build.h"
#include "bff/base/file.h"
#include "bff/json/json.h"

#define REPORT_BYTES ((size_t)64 * 1024)
#define DEPTH 32

/* The worker waits for the disk. The file is short and local, and only the program that builds this
 * one sets the variable. */
static struct text read_report(struct pool *pool)
{
    const char *file = getenv("BFF_WATCH_REPORT");
    char *bytes = file == NULL ? NULL : pool_take(pool, REPORT_BYTES + 1);
    ssize_t len = file == NULL ? -1 : file_read_regular(file, bytes, REPORT_BYTES);

    if (len <= 0 || (size_t)len > REPORT_BYTES)
        return (struct text){0};
    return (struct text){bytes, (size_t)len};
}

enum step_result inspect_build_get(struct inspect_request *inspect)
{
    struct text report = read_report(inspect->context.request->pool);

    if (report.at != NULL && json_scan_accepts(report.at, report.len, DEPTH) &&
        json_is(json_of(report), JSON_OBJECT))
        inspect->answer = report;
    else
        inspect->answer = TEXT("{\"state\":\"none\",\"at\":null,\"errors\":[]}");
    return STEP_PASS;
}
