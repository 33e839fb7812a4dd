/*
 * Reads a configuration: one YAML file (--config), over it the environment (USERS_URL and so on),
 * over that the command line.
 *
 * Every mistake is found, not only the first, and each has its place:
 *
 *     web.yaml:7:3: services.users.tiemout: unknown setting; did you mean "timeout"?
 */
#ifndef BFF_CONFIG_CONFIG_READ_H
#define BFF_CONFIG_CONFIG_READ_H

#include "bff/config/config.h"

enum config_action {
    CONFIG_SERVE,
    CONFIG_CHECK,    /* --check, and nothing is wrong */
    CONFIG_ROUTES,   /* --routes, and nothing is wrong */
    CONFIG_PROBE,    /* --probe, and nothing is wrong */
    CONFIG_EXIT_OK,  /* --help or --version */
    CONFIG_EXIT_BAD, /* out->mistakes says why; exit with 2 */
};

/*
 * Reads everything into ${out} (overwritten), and prints nothing: out->mistakes says what is wrong.
 * The caller must call config_free, whatever this function returns. ${build} is borrowed for the
 * life of the configuration; nothing else is.
 */
enum config_action config_read(int argc, char **argv, const struct bff_build *build,
                               struct config *out);

/* As config_read, but it prints mistakes to standard error, and help and version to standard
 * output. */
enum config_action config_read_and_print(int argc, char **argv, const struct bff_build *build,
                                         struct config *out);

#endif
