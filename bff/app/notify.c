/* See notify.h. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bff/app/notify.h"

/* Makes the address of the socket ${name}: a path such as "/run/systemd/notify", or "@name" for an
 * abstract address. Returns the length of the address; 0 when ${name} is neither. */
static socklen_t address_read(const char *name, struct sockaddr_un *out)
{
    size_t len = strlen(name);

    if ((name[0] != '/' && name[0] != '@') || len >= sizeof(out->sun_path))
        return 0;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path, name, len);
    if (name[0] == '@')
        out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/* Returns 0, or the errno of what failed. */
static int send_to(const struct sockaddr_un *address, socklen_t len, const char *state)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd == -1)
        return errno;
    ssize_t sent =
        sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)address, len);
    int error = sent == -1 ? errno : 0;
    close(fd);
    return error;
}

void notify_send(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;

    if (name == NULL || *name == '\0')
        return;
    socklen_t len = address_read(name, &address);
    if (len == 0) {
        fprintf(stderr, "NOTIFY_SOCKET: \"%.200s\" is neither a path nor an @name\n", name);
        return;
    }
    int error = send_to(&address, len, state);
    if (error != 0)
        fprintf(stderr, "NOTIFY_SOCKET: \"%.200s\": %s\n", name, strerror(error));
}
