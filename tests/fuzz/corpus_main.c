/* Gives every file below the directories of its command line to a fuzz target, once. So the corpora
 * are ordinary tests, with any compiler. A directory without a file is an error. */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bff/base/check.h"

#define FILES_OPEN 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t file_count; /* of the directory under work */

static void feed(const char *name, size_t size)
{
    uint8_t *bytes = malloc(size == 0 ? 1 : size); /* just so many: a read beyond them is found */
    FILE *file = fopen(name, "rb");

    must(bytes != NULL && file != NULL);
    must(fread(bytes, 1, size, file) == size);
    fclose(file);
    /* The last line tells which file it was, should the target end the process. */
    printf("%s\n", name);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    file_count++;
}

static int visit(const char *name, const struct stat *status, int kind, struct FTW *place)
{
    if (kind == FTW_F && S_ISREG(status->st_mode))
        feed(name, (size_t)status->st_size);
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        file_count = 0;
        if (nftw(argv[i], visit, FILES_OPEN, FTW_PHYS) != 0 || file_count == 0) {
            fprintf(stderr, "%s: no files to feed\n", argv[i]);
            return 1;
        }
        printf("%s: %zu files\n", argv[i], file_count);
    }
    return argc > 1 ? 0 : 2;
}
