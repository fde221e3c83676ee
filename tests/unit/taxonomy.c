/* SPDX-License-Identifier: MIT
 *
 * The shipped taxonomies: readable, unique, parents before children.
 */
#include "unit.h"

#include "conf/taxonomy.h"

static void every_list_is_whole(void **state)
{
	(void)state;
	size_t n;
	const struct taxonomy *all = taxonomy_all(&n);
	assert_true(n >= 15);
	for (size_t i = 0; i < n; i++) {
		assert_true(all[i].n > 0 && all[i].title.n && all[i].licence.n);
		for (size_t k = 0; k < all[i].n; k++) {
			const struct taxonomy_node *node = &all[i].nodes[k];
			assert_true(node->id.n && node->title.n);
			assert_ptr_equal(taxonomy_node_find(&all[i], node->id), node);
			if (node->parent.p)
				assert_true(taxonomy_node_find(&all[i], node->parent) < node);
		}
	}
}

static void depth_follows_parents(void **state)
{
	(void)state;
	const struct taxonomy *t = taxonomy_find(str_c("ailuminate-1"));
	assert_non_null(t);
	assert_int_equal(taxonomy_node_find(t, str_c("physical"))->depth, 0);
	assert_int_equal(taxonomy_node_find(t, str_c("src"))->depth, 1);
	assert_null(taxonomy_find(str_c("no-such-list")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_whole),
		cmocka_unit_test(depth_follows_parents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
