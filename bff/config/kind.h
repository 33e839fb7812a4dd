/*
 * The kinds of values that settings of any section may have. A kind that only one section needs is
 * in the file of that section.
 */
#ifndef BFF_CONFIG_KIND_H
#define BFF_CONFIG_KIND_H

#include "bff/config/settings.h"
#include "bff/config/units.h"

/* Switches and text. The comment of each kind begins with the type of the member. */
extern const struct settings_kind kind_bool; /* bool: true or false */
extern const struct settings_kind kind_off;  /* bool: true for "off"; or the file has a mapping */
extern const struct settings_kind kind_no_number;  /* unsigned: 0 for "off"; or a mapping */
extern const struct settings_kind kind_only_off;   /* nothing: "off", the default; or a mapping */
extern const struct settings_kind kind_no_pointer; /* any pointer: NULL for "off"; or a mapping */
extern const struct settings_kind kind_file;       /* char *; see kind_file_name */
extern const struct settings_kind kind_string;     /* const char * */
extern const struct settings_kind kind_text;       /* struct text, as kind_string */
extern const struct settings_kind kind_name; /* struct text: 1 to 64 letters, digits, - and _ */
extern const struct settings_kind kind_url;  /* struct text, see kind_url.c */

/* Numbers, within the bounds of the row. */
extern const struct settings_kind kind_duration; /* uint32_t, milliseconds */
extern const struct settings_kind kind_seconds;  /* uint32_t, whole seconds */
extern const struct settings_kind kind_size;     /* size_t, bytes */
extern const struct settings_kind kind_count;    /* size_t */
extern const struct settings_kind kind_number;   /* unsigned */
extern const struct settings_kind kind_percent;  /* unsigned; "50" or "50%" */
extern const struct settings_kind kind_rate;     /* uint32_t, requests in 1000 seconds: "10/s" */

/* Properties of requests, the services that get them, and the users who may send them. */
extern const struct settings_kind kind_path;    /* struct text: a normalized path */
extern const struct settings_kind kind_host;    /* struct text: a host of host.h, lower case */
bool kind_host_is(const char *text);            /* true when kind_host accepts ${text} */
extern const struct settings_kind kind_methods; /* struct text *: absent text ends the list */
extern const struct settings_kind kind_service; /* const struct bff_service * */
extern const struct settings_kind kind_access;  /* struct access_rule */

/* Tokens, see kind_token.c. */
extern const struct settings_kind kind_algorithms; /* unsigned: the bits of algorithms */
extern const struct settings_kind kind_claims;     /* struct login_paths */
extern const struct settings_kind kind_member;     /* const char *: of a JSON object, "a.b" */
extern const struct settings_kind kind_key_files;  /* struct login_settings: its key_files */
extern const struct settings_kind kind_token_type; /* enum login_type */

/* Header fields. The kinds for "set" and "remove" add to one struct plain_fields; see
 * kind_fields.c. */
extern const struct settings_kind kind_field_name;     /* struct text, lower case */
extern const struct settings_kind kind_field_value;    /* struct text */
extern const struct settings_kind kind_request_set;    /* a mapping of names and values */
extern const struct settings_kind kind_request_remove; /* a list of names */
extern const struct settings_kind kind_response_set, kind_response_remove;

/* Functions for kinds that only one section has. */

/* The written form of a number. ${read} returns NULL, or words that say what is wrong, as
 * units_size does. */
struct kind_form {
    const char *(*read)(struct text text, uint64_t *number);
    void (*print)(uint64_t number, char out[UNITS_SIZE]);
};

extern const struct kind_form kind_whole; /* digits only */

/* Reads the number. Refuses a text that is not a number, and a number outside the row's bounds.
 * Returns 0 or -1. */
int kind_read_number(struct settings_input *input, const struct kind_form *form, uint64_t *number);

/*
 * Returns the file name in value number ${which}, in the configuration's pool. A relative name in
 * the configuration file is relative to the directory of that file, and not to the working
 * directory.
 */
char *kind_file_name(struct settings_input *input, size_t which);

/* Reads the value as one of ${words}, which NULL ends, and returns its number; -1 when it is
 * refused. The case of letters does not matter. */
int kind_choice(struct settings_input *input, const char *const *words);

/* The values of a list. */
struct kind_texts {
    struct text *at; /* in the configuration's pool */
    size_t count;
};

/* Reads the values as paths (a prefix when they end with '/') in the form of limit_rule_path.
 * Refuses a value that is no path, or is listed twice. */
struct kind_texts kind_paths(struct settings_input *input);

/* Reads the values as names of header fields that this server may set on requests to services, in
 * lower case. Refuses other values, and those that are listed twice. */
struct kind_texts kind_field_names(struct settings_input *input);

/* Returns the reason why an operator cannot choose ${name} for a header that this server reads from
 * clients or writes to services; NULL if they can. */
const char *kind_field_words(struct text name);

/* Checks that ${text} is an origin as browsers send it: the scheme, the host, and the port if it is
 * not the default port of the scheme. Origins are compared as text, so another spelling would never
 * match. Returns NULL, or words that say what is wrong; the words may be in ${sentence}. */
#define KIND_SENTENCE_SIZE 256
const char *kind_origin_words(const char *text, char sentence[KIND_SENTENCE_SIZE]);

/* Returns NULL, or words that say what is wrong with the URL ${url} as one that this server asks:
 * its form, or http to another machine. */
const char *kind_url_words(struct text url);

/* The same for the URL of an OpenID issuer, at which this server asks for the discovery document.
 */
const char *kind_issuer_words(struct text url);

/* Reads the values as addresses and networks. Returns one for each value, in the configuration's
 * pool; NULL when a value is refused. */
struct trusted_network *kind_networks(struct settings_input *input);

/* Returns a copy of ${text} in lower case, in ${pool}. A NUL follows it. */
struct text kind_lower(struct pool *pool, struct text text);

#endif
