/*
 * bff-names: bff-web that finds host names in a file, which a test may replace while the server
 * runs. The environment variable NAMES is the path of the file. Each line has a name and its
 * addresses: "users.test 127.0.0.1 127.0.0.2". A line without addresses makes the look-up fail.
 * Names that are not in the file are looked up as usual. When the test has removed the file, all
 * look-ups fail.
 *
 * Each look-up of a name of the file appends its line to the file with ".asked" after its name.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bff/base/check.h"

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* The C library's function. */
static look_up *usual(void)
{
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    look_up *function;

    must(symbol != NULL);
    memcpy(&function, &symbol, sizeof(function));
    return function;
}

/* Reads the line of ${name} to ${line}. Returns false when the file has none. */
static bool read_line(FILE *file, const char *name, char *line, int size)
{
    size_t len = strlen(name);

    while (fgets(line, size, file) != NULL)
        if (strncmp(line, name, len) == 0 && strchr(" \n", line[len]) != NULL)
            return true;
    return false;
}

static void note(const char *line)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s.asked", getenv("NAMES"));
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        must(write(fd, line, strlen(line)) == (ssize_t)strlen(line));
    close(fd);
}

/* The lists of the addresses become one list, which freeaddrinfo frees as a whole. */
static int list(char *addresses, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    struct addrinfo literal = *hints, **end = found;

    *found = NULL;
    literal.ai_flags |= AI_NUMERICHOST;
    for (char *rest, *at = strtok_r(addresses, " \n", &rest); at != NULL;
         at = strtok_r(NULL, " \n", &rest)) {
        must(usual()(at, service, &literal, end) == 0);
        while (*end != NULL)
            end = &(*end)->ai_next;
    }
    return *found == NULL ? EAI_AGAIN : 0;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
    FILE *file = fopen(getenv("NAMES"), "re");
    char line[4096];

    if (file == NULL)
        return EAI_AGAIN;
    bool is_known = name != NULL && hints != NULL && read_line(file, name, line, sizeof(line));
    fclose(file);
    if (!is_known)
        return usual()(name, service, hints, found);
    note(line);
    return list(line + strlen(name), service, hints, found);
}
