/*
 * Reads a configuration from one YAML file (--config), the environment (USERS_URL and so on) and
 * the command line. The environment wins over the file, and the command line wins over both.
 *
 * Every mistake is reported, not only the first. Each report has the place of the mistake:
 *
 *     web.yaml:7:3: services.users.tiemout: unknown setting; did you mean "timeout"?
 */
#ifndef BFF_CONFIG_CONFIG_READ_H
#define BFF_CONFIG_CONFIG_READ_H

#include "bff/config/config.h"

enum config_action {
    CONFIG_SERVE,
    CONFIG_CHECK,      /* --check, and nothing is wrong */
    CONFIG_ROUTES,     /* --routes, and nothing is wrong */
    CONFIG_OPENAPI,    /* --openapi, and nothing is wrong */
    CONFIG_TYPESCRIPT, /* --typescript, and nothing is wrong */
    CONFIG_PROBE,      /* --probe, and nothing is wrong */
    CONFIG_HASH_KEY,   /* --hash-key; no configuration is read */
    CONFIG_VERIFY,     /* --verify; no configuration is read */
    CONFIG_REHEARSE,   /* --rehearse, and nothing is wrong: out->rehearsal says what */
    CONFIG_EXIT_OK,    /* --help or --version */
    CONFIG_EXIT_BAD,   /* out->mistakes says why; exit with 2 */
};

/*
 * Reads everything into ${out}, which is overwritten. Prints nothing: out->mistakes says what is
 * wrong. The caller must call config_free for every return value. ${build} is borrowed until
 * config_free; no other argument is borrowed.
 */
enum config_action config_read(int argc, char **argv, const struct bff_build *build,
                               struct config *out);

/* Does the same as config_read, and prints mistakes to standard error, and help and version to
 * standard output. */
enum config_action config_read_and_print(int argc, char **argv, const struct bff_build *build,
                                         struct config *out);

#endif
