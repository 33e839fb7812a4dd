/* See first_thread.h. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "bff/app/first_thread.h"
#include "bff/base/check.h"

void first_thread_init(struct first_thread *thread)
{
    *thread = (struct first_thread){.bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    must(thread->bell != -1);
}

void first_thread_ring(const struct first_thread *thread)
{
    uint64_t one = 1;

    must(write(thread->bell, &one, sizeof(one)) == sizeof(one));
}

void first_thread_heard(const struct first_thread *thread)
{
    uint64_t rings;

    (void)!read(thread->bell, &rings, sizeof(rings));
}
