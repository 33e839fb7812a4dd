/* See authorities.h. */
#include "bff/config/pem.h"
#include "bff/upstream/trust.h"

#include "bff/config/authorities.h"

/* Returns 0, or -1 when the file cannot be used. */
static int file_check(struct settings *settings, const struct authorities *about, bool is_tls)
{
    char wrong[PEM_WRONG_SIZE];

    if (about->file == NULL)
        return 0;
    if (about->url.at != NULL && !is_tls) {
        settings_complain(settings, about->file_path, about->index,
                          "nothing uses it: the URL does not begin with https://");
        return -1;
    }
    if (pem_check_authorities(about->file, wrong) != 0) {
        settings_complain(settings, about->file_path, about->index, "\"%.200s\" %s", about->file,
                          wrong);
        return -1;
    }
    if (pem_check_dates(about->file, wrong) != 0)
        settings_warn(settings, about->file_path, about->index, "\"%.200s\" %s", about->file,
                      wrong);
    return 0;
}

struct trust *authorities_load(struct settings *settings, const struct authorities *about)
{
    const char *wrong = NULL;
    struct text scheme = {about->url.at, about->url.len < 6 ? about->url.len : 6};
    bool is_tls = text_equal_nocase(scheme, TEXT("https:"));

    if (file_check(settings, about, is_tls) != 0 || !is_tls)
        return NULL;
    struct trust *trust = trust_new(about->file, &wrong);
    if (trust == NULL)
        settings_complain(settings, about->file == NULL ? about->url_path : about->file_path,
                          about->index, "%s", wrong);
    return trust;
}
