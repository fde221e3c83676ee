/* SPDX-License-Identifier: MIT
 *
 * Which policy the board shows.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ui/app.h"

static const char shipped[] = "(shipped) ";

const char *app_policy_name(const struct policy *p)
{
	return strncmp(p->path, shipped, sizeof shipped - 1) == 0 ? p->path + sizeof shipped - 1 : p->path;
}

enum status app_choose_policy(const char *db_path, const char *asked, struct policy **out, struct err *err)
{
	*out = NULL;
	if (asked)
		return policy_load(asked, out, err);
	struct store *store = NULL;
	struct err gone = {0};
	char *last = NULL;
	enum status st = store_open(db_path, STORE_READ, &store, err);
	if (st == OK)
		st = store_setting_get(store, "policy", &last, err);
	if (st == OK && last && policy_load(last, out, &gone) != OK)
		log_debug("the policy used last: %s", err_text(&gone));
	err_fini(&gone);
	free(last);
	store_close(store);
	return st;
}
