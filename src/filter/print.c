/* SPDX-License-Identifier: MIT
 *
 * A tree back to text that parses to the same tree; and building filters term
 * by term.
 */
#include "filter/internal.h"

static void print_values(struct buf *out, const struct node *n)
{
	for (size_t i = 0; i < n->nvalues; i++) {
		if (i)
			buf_add_ch(out, ',');
		if (n->quoted[i])
			lex_write_quoted(out, n->values[i]);
		else
			buf_add_str(out, n->values[i]);
	}
}

/* Would the name behind the dot be read back as it is? */
static bool plain_name(struct str s)
{
	struct cursor c = {.text = s};
	return s.n && lex_name(&c).n == s.n;
}

static void print_compare(struct buf *out, const struct node *n)
{
	if (n->field->id == F_TAXONOMY) {
		buf_add_str(out, n->sub);
	} else {
		buf_add_c(out, n->field->name);
		if (n->field->prefix && plain_name(n->sub))
			buf_add_str(out, n->sub);
		else if (n->field->prefix)
			lex_write_quoted(out, n->sub);
	}
	if (n->nvalues == 0)
		return; /* a flag */
	buf_add_c(out, filter_op_text(n->op));
	print_values(out, n);
}

static void print_children(struct buf *out, const struct node *n, const char *between)
{
	for (size_t i = 0; i < n->nchildren; i++) {
		const struct node *child = n->children[i];
		bool group = child->kind == NODE_OR || child->kind == NODE_AND;
		/* An and-group within an or needs no parentheses; all other groups were written with them. */
		bool paren = group && !(n->kind == NODE_OR && child->kind == NODE_AND);
		if (i)
			buf_add_c(out, between);
		if (paren)
			buf_add_ch(out, '(');
		filter_print(out, child);
		if (paren)
			buf_add_ch(out, ')');
	}
}

void filter_print(struct buf *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_ALL:
		break;
	case NODE_AND:
		print_children(out, node, " ");
		break;
	case NODE_OR:
		print_children(out, node, " or ");
		break;
	case NODE_NOT:
		buf_add_ch(out, '-');
		print_children(out, node, "");
		break;
	case NODE_COMPARE:
		print_compare(out, node);
		break;
	case NODE_REGEX:
		buf_add_ch(out, '/');
		buf_add_str(out, node->values[0]);
		buf_add_ch(out, '/');
		break;
	case NODE_WORD:
	case NODE_PHRASE:
		print_values(out, node);
		break;
	}
}

/* Does the text have an `or` at its top? What can not be parsed is taken to have one. */
static bool is_alternative(struct str base)
{
	struct filter *f;
	if (filter_parse_lenient(base, &f, NULL) != OK)
		return true;
	bool yes = f->root->kind == NODE_OR;
	filter_free(f);
	return yes;
}

void filter_and_term(struct buf *out, struct str base, struct str field, struct str value)
{
	struct str sub;
	const struct field *f = filter_field_find(field, &sub);
	base = str_trim(base);
	if (base.n && is_alternative(base))
		buf_printf(out, "(%.*s) ", (int)base.n, base.p);
	else if (base.n)
		buf_printf(out, "%.*s ", (int)base.n, base.p);
	if (f && f->prefix) {
		buf_add_c(out, f->name);
		if (plain_name(sub))
			buf_add_str(out, sub);
		else
			lex_write_quoted(out, sub);
	} else {
		buf_add_str(out, field);
	}
	buf_add_ch(out, ':');
	if (!value.p)
		buf_add_c(out, f && f->kind == FIELD_SEVERITY ? "unrated" : "none");
	else if (lex_needs_quotes(f, value))
		lex_write_quoted(out, value);
	else
		buf_add_str(out, value);
}
